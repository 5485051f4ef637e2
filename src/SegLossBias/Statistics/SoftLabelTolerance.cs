namespace SegLossBias;

/// <summary>By how much a soft label may leave [0, 1], and those of a pixel may miss 1 in sum: numbers that were rounded to half precision, or calculated in single.</summary>
internal static class SoftLabelTolerance
{
    internal const double Usual = 1e-3;

    /// <summary>Of labels that were given in half precision, which has three digits.</summary>
    internal const double Half = 1e-2;
}
