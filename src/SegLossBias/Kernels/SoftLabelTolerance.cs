namespace SegLossBias;

/// <summary>By how much a soft label may leave [0, 1], and those of a pixel may miss 1 in sum: numbers that were rounded to half precision, or calculated in single.</summary>
internal static class SoftLabelTolerance
{
    internal const double Usual = 1e-3;

    /// <param name="given">The type in which the labels were given.</param>
    internal static double Of(ElementType given) => given is ElementType.Float16 or ElementType.BFloat16 ? 1e-2 : Usual;
}
