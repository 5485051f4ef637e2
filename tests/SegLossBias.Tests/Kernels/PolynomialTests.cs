using System.Reflection;

namespace SegLossBias.Tests.Kernels;

/// <summary>
/// The coefficients of <see cref="LaneMath{TLanes, T}"/> recomputed in long arithmetic, and the errors that their comments
/// promise, over the whole range. A polynomial p of degree n−1 that meets g at the points x_i is off by
/// Π(x − x_i) times the divided difference of g over the x_i and x; at Chebyshev points the product is at most 2 (w/4)^n on an
/// interval of width w.
/// </summary>
public class PolynomialTests
{
    /// <summary>float32 coefficients are written with eleven digits, float64 ones are right to a unit in the last place.</summary>
    private const double WrittenDigits = 5e-11;

    private static readonly double DoubleRounding = Math.Pow(2, -52);

    private static readonly double[] Exp2Single = Coefficients(typeof(Exp2Polynomial.Single));
    private static readonly double[] Exp2Double = Coefficients(typeof(Exp2Polynomial.Double));
    private static readonly double[] LogOnePlus = Coefficients(typeof(LogOnePlusPolynomial));

    [Fact]
    public void Coefficients_AreThoseOfTheInterpolation()
    {
        ShouldBe(Exp2Single, Interpolation(LongFixed.Exp2Quotient, -0.5, 0.5, Exp2Single.Length), WrittenDigits);
        ShouldBe(Exp2Double, Interpolation(LongFixed.Exp2Quotient, -0.5, 0.5, Exp2Double.Length), DoubleRounding);
        ShouldBe(LogOnePlus, Interpolation(LongFixed.LogQuotient, 0, 1, LogOnePlus.Length), WrittenDigits);
    }

    /// <summary>
    /// The n-th derivative of (2^f − 1)/f = ∫₀¹ log 2 · 2^(ft) dt is at most (log 2)^(n+1) √2 / (n+1) for |f| ≤ ½, and a divided
    /// difference is a derivative over n!.
    /// </summary>
    [Theory]
    [InlineData(true, 8e-9)]
    [InlineData(false, 2e-16)]
    public void PowerOfTwo_IsOffByNoMoreThanItSays(bool isSingle, double promised)
    {
        var coefficients = isSingle ? Exp2Single : Exp2Double;
        var n = coefficients.Length;
        var derivative = Math.Pow(Math.Log(2), n + 1) * Math.Sqrt(2) / (n + 1);
        var factorial = Enumerable.Range(1, n).Aggregate(1.0, (product, factor) => product * factor);
        var interpolation = derivative / factorial * 2 * Math.Pow(0.25, n);
        var rounding = Rounding(coefficients, isSingle ? WrittenDigits : DoubleRounding, 0.5);

        // 2^f = 1 + f q, |f| ≤ ½, and 2^f ≥ √½.
        (0.5 * (interpolation + rounding) / Math.Sqrt(0.5)).Should().BeLessThan(promised);
        foreach (var f in Points(-0.5, 0.5))
        {
            var error = LongFixed.Of(f) * (Value(coefficients, f) - LongFixed.Exp2Quotient(LongFixed.Of(f)));
            (Math.Abs(error.ToDouble()) / Math.Pow(2, f)).Should().BeLessThan(promised);
        }
    }

    /// <summary>
    /// The divided difference of log(1 + x)/x = ∫₀¹ dt/(1 + xt) is ∫ (−t)^n / ((1 + xt) Π(1 + x_i t)) dt. The integrand grows at
    /// least like t^(n−σ) with σ = Σ x_i/(1 + x_i), so that the integral is at most 1/(Π(1 + x_i) (n − σ + 1)).
    /// </summary>
    [Fact]
    public void LogOfOnePlus_IsOffByNoMoreThanItSays()
    {
        const double Promised = 9e-9;
        var n = LogOnePlus.Length;
        var points = ChebyshevPoints(0, 1, n);
        var product = points.Aggregate(1.0, (all, x) => all * (1 + x));
        var interpolation = 2 * Math.Pow(0.25, n) / (product * (n - points.Sum(x => x / (1 + x)) + 1));
        var rounding = Rounding(LogOnePlus, WrittenDigits, 1);

        // Relative to log(1 + x)/x ≥ log 2.
        ((interpolation + rounding) / Math.Log(2)).Should().BeLessThan(Promised);
        foreach (var x in Points(0, 1))
        {
            var exact = LongFixed.LogQuotient(LongFixed.Of(x));
            ((Value(LogOnePlus, x) - exact).Abs() / exact).ToDouble().Should().BeLessThan(Promised);
        }
    }

    /// <summary>The terms behind s^m/m are less than a geometric series: w^((m+1)/2) / ((m+2)(1 − w)) with w = s².</summary>
    [Theory]
    [InlineData(15, true, 4e-14)]
    [InlineData(33, false, 2e-18)]
    public void ArtanhSeries_LeavesOutNoMoreThanItSays(int last, bool isOfLog, double promised)
    {
        var s = isOfLog ? (Math.Sqrt(2) - 1) / (Math.Sqrt(2) + 1) : 1.0 / 3;
        var w = s * s;
        (Math.Pow(w, (last + 1) / 2) / ((last + 2) * (1 - w))).Should().BeLessThan(promised);
    }

    [Fact]
    public void BitPatterns_AreThoseOfTheirNumbers()
    {
        FloatBits.RootHalf32.Should().Be(BitConverter.SingleToInt32Bits(MathF.Sqrt(0.5f)));
        FloatBits.RootHalf64.Should().Be(BitConverter.DoubleToInt64Bits(Math.Sqrt(0.5)));
        BitConverter.Int32BitsToSingle(FloatBits.Magic32).Should().Be(1.5f * (1 << 23));
        BitConverter.Int64BitsToDouble(FloatBits.Magic64).Should().Be(1.5 * (1L << 52));
        FloatBits.Shift32.Should().Be((1.5 * (1 << 23)) + 127);
        FloatBits.Shift64.Should().Be((1.5 * (1L << 52)) + 1023);
        FloatBits.Mantissa32.Should().Be((1 << 23) - 1);
        FloatBits.Mantissa64.Should().Be((1L << 52) - 1);
        FloatBits.Smallest.Should().BeInRange(Math.Pow(2, -126), 1.03 * Math.Pow(2, -126));
        LaneMath<LanesScalar<double>, double>.Log2E.Should().Be((LongFixed.One / LongFixed.Ln2).ToDouble());
        LaneMath<LanesScalar<double>, double>.Ln2.Should().Be(LongFixed.Ln2.ToDouble());
    }

    /// <summary>What rounding the coefficients, relative to each, can change of the polynomial where |x| is at most this.</summary>
    private static double Rounding(double[] coefficients, double relative, double most) =>
        coefficients.Select((c, k) => relative * Math.Abs(c) * Math.Pow(most, k)).Sum();

    private static double[] Coefficients(Type type) =>
        [.. type.GetFields(BindingFlags.Static | BindingFlags.NonPublic)
            .OrderBy(field => int.Parse(field.Name[1..], System.Globalization.CultureInfo.InvariantCulture))
            .Select(field => (double)field.GetRawConstantValue()!)];

    private static void ShouldBe(double[] actual, LongFixed[] expected, double tolerance)
    {
        for (var k = 0; k < expected.Length; k++)
        {
            ((LongFixed.Of(actual[k]) - expected[k]) / expected[k]).Abs().ToDouble().Should().BeLessThanOrEqualTo(tolerance, $"Q{k}");
        }
    }

    private static double[] ChebyshevPoints(double from, double to, int n) =>
        [.. Enumerable.Range(0, n).Select(i => ((from + to) / 2) + ((to - from) / 2 * Math.Cos(Math.PI * ((2 * i) + 1) / (2 * n))))];

    /// <summary>Newton's divided differences, multiplied out.</summary>
    private static LongFixed[] Interpolation(Func<LongFixed, LongFixed> function, double from, double to, int n)
    {
        var points = ChebyshevPoints(from, to, n).Select(LongFixed.Of).ToArray();
        var differences = points.Select(function).ToArray();
        for (var order = 1; order < n; order++)
        {
            for (var i = n - 1; i >= order; i--)
            {
                differences[i] = (differences[i] - differences[i - 1]) / (points[i] - points[i - order]);
            }
        }

        var polynomial = new LongFixed[n];
        for (var i = n - 1; i >= 0; i--)
        {
            // polynomial = polynomial · (x − x_i) + difference_i
            for (var k = n - 1; k >= 0; k--)
            {
                polynomial[k] = (k > 0 ? polynomial[k - 1] : default) - (points[i] * polynomial[k]);
            }

            polynomial[0] += differences[i];
        }

        return polynomial;
    }

    private static LongFixed Value(double[] coefficients, double x) =>
        coefficients.Reverse().Aggregate(default(LongFixed), (sum, c) => (sum * LongFixed.Of(x)) + LongFixed.Of(c));

    private static IEnumerable<double> Points(double from, double to) =>
        Enumerable.Range(0, 501).Select(i => from + ((to - from) * i / 500));
}
