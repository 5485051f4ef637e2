using System.Numerics;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Kernels;

/// <summary>The elementary functions of every lane type against those of <see cref="Math"/> in double.</summary>
[Trait("Runs", "OnEveryInstructionSet")]
public unsafe class LaneMathTests
{
    private delegate void Function(double[] at, double[] values);

    public static TheoryData<string> Names => [.. Lanes.Keys];

    private static readonly Dictionary<string, (bool IsSingle, Func<string, double, Function> Function)> Lanes = new()
    {
        ["float, scalars"] = (true, Of<LanesScalar<float>, float>),
        ["float, 128 bits"] = (true, Of<Lanes128<float>, float>),
        ["float, 256 bits"] = (true, Of<Lanes256<float>, float>),
        ["float, 512 bits"] = (true, Of<Lanes512<float>, float>),
        ["double, scalars"] = (false, Of<LanesScalar<double>, double>),
        ["double, 128 bits"] = (false, Of<Lanes128<double>, double>),
        ["double, 256 bits"] = (false, Of<Lanes256<double>, double>),
        ["double, 512 bits"] = (false, Of<Lanes512<double>, double>),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void PowerOfTwo_IsRightToTheLastPlace(string lanes) =>
        Check(lanes, "Power2", 1, x => Math.Pow(2, x), Between(Lanes[lanes].IsSingle ? -100 : -1000, 0));

    /// <summary>
    /// e^(τx) as the kernels take it, 2^(x·scale) with scale = τ·log₂e: a relative error of δ in the exponent is one of
    /// |τx|·δ in the power. Each rounding of the exponent is half a unit. float32 has two, of the scale and, on a machine
    /// that does not fuse it with an addition, of its product with x; float64 has two more, of log₂e and of its product
    /// with τ, but units twice as large.
    /// </summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void PowerOfE_IsRightRelativeToItsExponent(string lanes)
    {
        foreach (var temperature in (double[])[0.5, 1, 2, 10])
        {
            // x is a float32 for both, so that τx is exact.
            var at = Between((Lanes[lanes].IsSingle ? -69 : -690) / temperature, 0).Select(x => (double)(float)x).ToArray();
            Check(lanes, "PowerOfE", temperature, x => Math.Exp(temperature * x), at, x => Tolerance.UnitsInTheLastPlace + Math.Abs(temperature * x));
        }
    }

    /// <summary>Where the power is as good as 0 it is 0, however far below.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void PowerOfTwo_FarBelowZeroVanishes(string lanes)
    {
        double[] far = Lanes[lanes].IsSingle ? [-101, -126, -127, -1e4, -1e9, -3e38, double.NegativeInfinity] : [-1001, -1074, -1e9, -1e300, double.NegativeInfinity];
        Run(lanes, "Power2", 1, far).Should().OnlyContain(power => power == 0);
        Run(lanes, "Power2", 1, [double.NaN, 0]).Should().Equal([double.NaN, 1]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Log_IsRightToTheLastPlace(string lanes)
    {
        Check(lanes, "Log", 0, Math.Log, Between(1.0 / 8, 4));
        Check(lanes, "Log", 0, Math.Log, [.. Between(-37, 38).Select(exponent => Math.Pow(10, exponent))]);
        Run(lanes, "Log", 0, [1, double.NaN]).Should().Equal([0, double.NaN]);
        Run(lanes, "Log", 0, [double.PositiveInfinity]).Should().OnlyContain(value => !double.IsFinite(value));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void LogOfOnePlus_IsRightHoweverSmall(string lanes)
    {
        // Math has no log(1+x) that keeps the digits of a small x; log(1+x) = 2 artanh(x / (2+x)).
        Check(lanes, "LogOnePlus", 0, x => 2 * Artanh(x / (2 + x)), Between(0, 1));
        Check(lanes, "LogOnePlus", 0, x => 2 * Artanh(x / (2 + x)), [.. Between(-30, 0).Select(exponent => Math.Pow(10, exponent))]);
        Run(lanes, "LogOnePlus", 0, [0, double.NaN]).Should().Equal([0, double.NaN]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Power_IsRightRelativeToItsExponent(string lanes)
    {
        foreach (var exponent in (double[])[0, 0.5, 1, 1.7, 2, 5])
        {
            // The error of the logarithm is multiplied by the exponent and the logarithm.
            Check(lanes, "Power", exponent, x => Math.Pow(x, exponent), Between(0.01, 1), units: _ => 3 + (8 * exponent));
        }

        Run(lanes, "Power", 0.5, [0, 1]).Should().Equal([0, 1]);
        Run(lanes, "Power", 0, [0]).Should().Equal([1]);
    }

    /// <summary>Rounding adds half a unit for each factor but one. The power vanishes where that of <see cref="LaneMath{TLanes, T}.Power2"/> does.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void WholePower_IsRightButForTheRoundingOfItsProducts(string lanes)
    {
        var vanishing = Lanes[lanes].IsSingle ? -100 : -1000;
        foreach (var n in Enumerable.Range(2, 9))
        {
            double[] at = [.. Between(0.5, 1), .. Between(0.99 * vanishing / n, 0).Select(exponent => Math.Pow(2, exponent))];

            // Half units are relative to the number above a power of two, whole ones to any.
            Check(lanes, "WholePower", n, x => Math.Pow(x, n), at, _ => Lanes[lanes].IsSingle ? (n - 1) / 2.0 : n);
            Run(lanes, "WholePower", n, [0, 1, double.NaN]).Should().Equal([0, 1, double.NaN]);
            Run(lanes, "WholePower", n, [Math.Pow(2, 1.01 * vanishing / n), 1e-30]).Should().StartWith(0);
        }
    }

    private static double Artanh(double s)
    {
        var (sum, power) = (0.0, s);
        for (var n = 1; n < 50; n += 2)
        {
            sum += power / n;
            power *= s * s;
        }

        return sum;
    }

    private static void Check(string lanes, string name, double parameter, Func<double, double> exact, double[] at, Func<double, double>? units = null)
    {
        if (Lanes[lanes].IsSingle)
        {
            at = [.. at.Select(x => (double)(float)x)];
        }

        var values = Run(lanes, name, parameter, at);

        // What is exact for float32 has rounding errors of its own for float64, about as large.
        var unit = Lanes[lanes].IsSingle ? Math.Pow(2, -23) : Math.Pow(2, -51);
        for (var i = 0; i < at.Length; i++)
        {
            var expected = exact(at[i]);
            var allowed = units?.Invoke(at[i]) ?? Tolerance.UnitsInTheLastPlace;
            if (!(Math.Abs(values[i] - expected) <= allowed * unit * Math.Abs(expected)))
            {
                Assert.Fail($"{lanes}: {name}({at[i]:R}, {parameter:R}) is {values[i]:R}, should be {expected:R}, off by {Math.Abs(values[i] - expected) / (unit * Math.Abs(expected)):F2} units in the last place");
            }
        }
    }

    private static double[] Run(string lanes, string name, double parameter, double[] at)
    {
        var values = new double[at.Length];
        Lanes[lanes].Function(name, parameter)(at, values);
        return values;
    }

    private static Function Of<TLanes, T>(string name, double parameter)
        where TLanes : unmanaged, ILanes<TLanes, T>
        where T : unmanaged, INumber<T> => (at, values) =>
        {
            var memory = stackalloc T[TLanes.Count];
            for (var i = 0; i < at.Length; i += TLanes.Count)
            {
                for (var lane = 0; lane < TLanes.Count; lane++)
                {
                    memory[lane] = T.CreateTruncating(at[Math.Min(i + lane, at.Length - 1)]);
                }

                var x = TLanes.Load(memory);
                TLanes.Store(memory, name switch
                {
                    "Power2" => LaneMath<TLanes, T>.Power2(x, TLanes.Of(1)),
                    "PowerOfE" => LaneMath<TLanes, T>.Power2(x, TLanes.Of(parameter * LaneMath<TLanes, T>.Log2E)),
                    "Log" => LaneMath<TLanes, T>.Log(x),
                    "LogOnePlus" => LaneMath<TLanes, T>.LogOnePlus(x),
                    "WholePower" => WholePower<TLanes, T>(x, (int)parameter),
                    _ => LaneMath<TLanes, T>.Power(x, parameter),
                });
                for (var lane = 0; lane < TLanes.Count && i + lane < at.Length; lane++)
                {
                    values[i + lane] = double.CreateTruncating(memory[lane]);
                }
            }
        };

    private static TLanes WholePower<TLanes, T>(TLanes x, int n)
        where TLanes : unmanaged, ILanes<TLanes, T>
        where T : unmanaged => n switch
        {
            2 => LaneMath<TLanes, T>.WholePower<Power2>(x),
            3 => LaneMath<TLanes, T>.WholePower<Power3>(x),
            4 => LaneMath<TLanes, T>.WholePower<Power4>(x),
            5 => LaneMath<TLanes, T>.WholePower<Power5>(x),
            6 => LaneMath<TLanes, T>.WholePower<Power6>(x),
            7 => LaneMath<TLanes, T>.WholePower<Power7>(x),
            8 => LaneMath<TLanes, T>.WholePower<Power8>(x),
            9 => LaneMath<TLanes, T>.WholePower<Power9>(x),
            _ => LaneMath<TLanes, T>.WholePower<Power10>(x),
        };

    private static double[] Between(double first, double last)
    {
        var random = new Random(1);
        return [first, last, .. Enumerable.Range(0, 20_000).Select(_ => first + ((last - first) * random.NextDouble()))];
    }
}
