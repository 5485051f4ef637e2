namespace SegLossBias;

/// <summary>An exponent as the sum of two: the first has so few digits that its products with exponents of 2 are exact in float32.</summary>
internal readonly struct SplitExponent
{
    /// <summary>A float32 has 24 bits, an exponent of 2 has 7.</summary>
    private const int Bits = 12;

    internal readonly double Whole;
    internal readonly double High;
    internal readonly double Low;

    internal SplitExponent(double exponent)
    {
        Whole = exponent;
        if (exponent != 0)
        {
            var unit = Math.ScaleB(1, Math.ILogB(exponent) + 1 - Bits);
            High = Math.Round(exponent / unit) * unit;
        }

        Low = exponent - High;
    }
}
