namespace SegLossBias;

/// <summary>Bit patterns and limits of IEEE 754 numbers: a float32 has 23 bits of mantissa and an exponent biased by 127, a float64 52 and 1023.</summary>
internal static class FloatBits
{
    /// <summary>The bits of √½, where the mantissas of <see cref="ILanes{TSelf, T}.Split"/> begin.</summary>
    internal const int RootHalf32 = 0x3F3504F3;
    internal const long RootHalf64 = 0x3FE6A09E667F3BCD;

    /// <summary>The bits of the mantissa.</summary>
    internal const int Mantissa32 = 0x007FFFFF;
    internal const long Mantissa64 = 0x000FFFFFFFFFFFFF;

    /// <summary>The bits of 1.5 · 2^23 and 1.5 · 2^52: added to a small integer, they leave it in the lowest bits.</summary>
    internal const int Magic32 = 0x4B400000;
    internal const long Magic64 = 0x4338000000000000;

    /// <summary>The same numbers plus the exponents' bias: added to n, the lowest bits become the exponent of 2^n.</summary>
    internal const double Shift32 = 12582912 + 127;
    internal const double Shift64 = 6755399441055744 + 1023;

    /// <summary>
    /// Powers of two below these exponents count as 0. They are far above the subnormal numbers, 2^-126 and 2^-1022, so that
    /// no product with a probability becomes one; many processors calculate slowly with those.
    /// </summary>
    internal const double Vanishing32 = -100;
    internal const double Vanishing64 = -1000;

    /// <summary>Just above the smallest normal float32, 2^-126; less is as good as 0, in float64 too.</summary>
    internal const double Smallest = 1.2e-38;
}
