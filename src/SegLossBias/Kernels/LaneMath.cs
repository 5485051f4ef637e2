using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>Elementary functions on lanes, correct to about one unit in the last place.</summary>
internal static class LaneMath<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>log₂ e, what turns powers of e into powers of 2.</summary>
    internal const double Log2E = 1.4426950408889634;

    /// <summary>log 2, what turns exponents of 2 into logarithms.</summary>
    internal const double Ln2 = 0.6931471805599453;

    private static TLanes One => TLanes.Of(1);

    /// <summary>
    /// 2^(x·scale) for x·scale ≤ 0; exactly 0 below <see cref="FloatBits.Vanishing32"/>. NaN stays NaN. In scalars:
    /// <code>
    /// n = Math.Round(x * scale);
    /// f = (x * scale) - n;                          // in [-½, ½]
    /// return n &lt; -100 ? 0 : (1 + f * q(f)) * 2^n;   // q of Exp2Polynomial
    /// </code>
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Power2(TLanes x, TLanes scale)
    {
        // Adding a large number rounds to the nearest integer and leaves it in the lowest bits.
        var shift = TLanes.Of(typeof(T) == typeof(float) ? FloatBits.Shift32 : FloatBits.Shift64);
        var shifted = TLanes.MultiplyAdd(x, scale, shift);
        var f = TLanes.MultiplyAdd(x, scale, shift - shifted);
        TLanes q;
        if (typeof(T) == typeof(float))
        {
            q = TLanes.MultiplyAdd(TLanes.Of(Exp2Polynomial.Single.Q5), f, TLanes.Of(Exp2Polynomial.Single.Q4));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(Exp2Polynomial.Single.Q3));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(Exp2Polynomial.Single.Q2));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(Exp2Polynomial.Single.Q1));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(Exp2Polynomial.Single.Q0));
        }
        else
        {
            q = TLanes.MultiplyAdd(TLanes.Of(Exp2Polynomial.Double.Q11), f, TLanes.Of(Exp2Polynomial.Double.Q10));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(Exp2Polynomial.Double.Q9));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(Exp2Polynomial.Double.Q8));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(Exp2Polynomial.Double.Q7));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(Exp2Polynomial.Double.Q6));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(Exp2Polynomial.Double.Q5));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(Exp2Polynomial.Double.Q4));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(Exp2Polynomial.Double.Q3));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(Exp2Polynomial.Double.Q2));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(Exp2Polynomial.Double.Q1));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(Exp2Polynomial.Double.Q0));
        }

        var whole = TLanes.PowerOfTwo(shifted);
        var least = TLanes.Of(typeof(T) == typeof(float) ? FloatBits.Shift32 + FloatBits.Vanishing32 : FloatBits.Shift64 + FloatBits.Vanishing64);
        return TLanes.ZeroWhereLess(shifted, least, TLanes.MultiplyAdd(q * f, whole, whole));
    }

    /// <summary>
    /// x^n by products, for 0 ≤ x ≤ 1. It is exactly 0 where <see cref="Power2"/> would make n times the exponent vanish. The relative
    /// error is n times that of x, and (n − 1)/2 units in the last place at most from rounding the products.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes WholePower<TPower>(TLanes x)
        where TPower : IWholePower
    {
        var n = TPower.Exponent;
        x = TLanes.ZeroWhereLess(x, TLanes.Of(Math.Pow(2, (typeof(T) == typeof(float) ? FloatBits.Vanishing32 : FloatBits.Vanishing64) / n)), x);
        var square = x * x;
        var low = n % 4 == 1 ? x : n % 4 == 2 ? square : square * x;
        if (n < 4)
        {
            return low;
        }

        var high = square * square;
        if (n >= 8)
        {
            high *= high;
        }

        return n % 4 == 0 ? high : high * low;
    }

    /// <summary>The nearest integer of a number that is small against the integers the type has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Round(TLanes x)
    {
        var shift = TLanes.Of(typeof(T) == typeof(float) ? FloatBits.Shift32 : FloatBits.Shift64);
        return x + shift - shift;
    }

    /// <summary>The natural logarithm of a positive normal number; NaN of NaN and ∞. With x = m·2^n, m in [√½, √2), it is n·log 2 + log m.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Log(TLanes x)
    {
        var mantissa = TLanes.Split(x, out var exponent);
        var s = (mantissa - One) / (mantissa + One);

        // x − x is 0, and NaN where x is NaN or infinite.
        return TLanes.MultiplyAdd(exponent, TLanes.Of(Ln2), TwiceArtanh(s)) + (x - x);
    }

    /// <summary>log(1 + x) for 0 ≤ x ≤ 1, accurate however small x is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes LogOnePlus(TLanes x)
    {
        if (typeof(T) == typeof(double))
        {
            return TwiceArtanh(x / (x + TLanes.Of(2)));
        }

        // For float32 the polynomial is cheaper than the division.
        var q = TLanes.Of(LogOnePlusPolynomial.Q9);
        q = TLanes.MultiplyAdd(q, x, TLanes.Of(LogOnePlusPolynomial.Q8));
        q = TLanes.MultiplyAdd(q, x, TLanes.Of(LogOnePlusPolynomial.Q7));
        q = TLanes.MultiplyAdd(q, x, TLanes.Of(LogOnePlusPolynomial.Q6));
        q = TLanes.MultiplyAdd(q, x, TLanes.Of(LogOnePlusPolynomial.Q5));
        q = TLanes.MultiplyAdd(q, x, TLanes.Of(LogOnePlusPolynomial.Q4));
        q = TLanes.MultiplyAdd(q, x, TLanes.Of(LogOnePlusPolynomial.Q3));
        q = TLanes.MultiplyAdd(q, x, TLanes.Of(LogOnePlusPolynomial.Q2));
        q = TLanes.MultiplyAdd(q, x, TLanes.Of(LogOnePlusPolynomial.Q1));
        q = TLanes.MultiplyAdd(q, x, TLanes.Of(LogOnePlusPolynomial.Q0));
        return x * q;
    }

    /// <summary>x^exponent for 0 ≤ x ≤ 1 and exponent ≥ 0; 0^0 = 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Power(TLanes x, double exponent)
    {
        if (exponent == 2)
        {
            return x * x;
        }

        return exponent switch
        {
            0 => One,
            1 => x,
            0.5 => TLanes.Sqrt(x),
            _ => GeneralPower(x, exponent),
        };
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TLanes GeneralPower(TLanes x, double exponent)
    {
        // Log wants a normal number.
        var smallest = TLanes.Of(FloatBits.Smallest);
        var power = Power2(Log(TLanes.Max(smallest, x)), TLanes.Of(exponent * Log2E));
        return TLanes.ZeroWhereLess(x, smallest, power);
    }

    /// <summary>
    /// log((1+s)/(1−s)) = 2 (s + s³/3 + s⁵/5 + …). The series ends where the terms left out are below 4e-14 of it in float32,
    /// for |s| ≤ (√2−1)/(√2+1) as <see cref="Log"/> has it, and below 2e-18 in float64, for |s| ≤ 1/3.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes TwiceArtanh(TLanes s)
    {
        var w = s * s;
        var sum = TLanes.Of(1.0 / 15);
        if (typeof(T) == typeof(double))
        {
            sum = TLanes.Of(1.0 / 33);
            sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 31));
            sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 29));
            sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 27));
            sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 25));
            sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 23));
            sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 21));
            sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 19));
            sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 17));
            sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 15));
        }

        sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 13));
        sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 11));
        sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 9));
        sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 7));
        sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 5));
        sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 3));
        var twice = s + s;
        return TLanes.MultiplyAdd(twice * w, sum, twice);
    }
}
