using System.Numerics;

namespace SegLossBias.Tests.Kernels;

/// <summary>Numbers with 256 binary digits behind the point: what the constants of the kernels are recomputed with.</summary>
internal readonly record struct LongFixed(BigInteger Digits)
{
    private const int Places = 256;

    /// <summary>So many terms of a series whose terms fall by half or more each time leave nothing behind the last digit.</summary>
    private const int Terms = 300;

    internal static LongFixed One { get; } = new(BigInteger.One << Places);

    /// <summary>log 2 = Σ 1/(n 2^n).</summary>
    internal static LongFixed Ln2 { get; } = Series(n => One / (n + 1), One / 2) / 2;

    /// <summary>Exactly this double.</summary>
    internal static LongFixed Of(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)((bits >> 52) & 0x7FF);
        var mantissa = new BigInteger((bits & 0xFFFFFFFFFFFFF) | (exponent == 0 ? 0 : 1L << 52));
        var shift = Places + Math.Max(exponent, 1) - 1075;
        var digits = shift >= 0 ? mantissa << shift : mantissa >> -shift;
        return new(bits < 0 ? -digits : digits);
    }

    /// <summary>(2^f − 1)/f = Σ (log 2)^(n+1) f^n / (n+1)!</summary>
    internal static LongFixed Exp2Quotient(LongFixed f)
    {
        var term = Ln2;
        return Series(n => term = n == 0 ? Ln2 : term * Ln2 / (n + 1), f);
    }

    /// <summary>log(1 + x)/x = 2/(2 + x) · Σ s^(2n)/(2n + 1) with s = x/(2 + x), for 0 ≤ x ≤ 1.</summary>
    internal static LongFixed LogQuotient(LongFixed x)
    {
        var s = x / (x + One + One);
        return (One + One) / (x + One + One) * Series(n => One / ((2 * n) + 1), s * s);
    }

    internal double ToDouble() => (double)Digits / Math.Pow(2, Places);

    internal LongFixed Abs() => new(BigInteger.Abs(Digits));

    public static LongFixed operator +(LongFixed left, LongFixed right) => new(left.Digits + right.Digits);

    public static LongFixed operator -(LongFixed left, LongFixed right) => new(left.Digits - right.Digits);

    public static LongFixed operator *(LongFixed left, LongFixed right) => new((left.Digits * right.Digits) >> Places);

    public static LongFixed operator /(LongFixed left, LongFixed right) => new((left.Digits << Places) / right.Digits);

    public static LongFixed operator /(LongFixed left, int right) => new(left.Digits / right);

    private static LongFixed Series(Func<int, LongFixed> coefficient, LongFixed x)
    {
        var (sum, power) = (default(LongFixed), One);
        for (var n = 0; n < Terms; n++)
        {
            sum += coefficient(n) * power;
            power *= x;
        }

        return sum;
    }
}
