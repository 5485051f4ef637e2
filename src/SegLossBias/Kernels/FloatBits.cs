namespace SegLossBias;

/// <summary>Bit patterns of IEEE 754 numbers.</summary>
internal static class FloatBits
{
    internal const int RootHalf32 = 0x3F3504F3;
    internal const int Mantissa32 = 0x007FFFFF;
    internal const long RootHalf64 = 0x3FE6A09E667F3BCD;
    internal const long Mantissa64 = 0x000FFFFFFFFFFFFF;

    /// <summary>1.5 · 2^23 and 1.5 · 2^52: added to a small integer, they leave it in the lowest bits.</summary>
    internal const int Magic32 = 0x4B400000;
    internal const long Magic64 = 0x4338000000000000;

    /// <summary>The same plus the exponents' bias: added to n, the lowest bits become the exponent of 2^n.</summary>
    internal const double Shift32 = 12582912 + 127;
    internal const double Shift64 = 6755399441055744 + 1023;
}
