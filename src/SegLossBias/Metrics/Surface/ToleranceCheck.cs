namespace SegLossBias;

/// <summary>What the tolerance of a surface metric must be.</summary>
internal static class ToleranceCheck
{
    internal static bool IsValid(double toleranceMm) => toleranceMm >= 0 && double.IsFinite(toleranceMm);

    internal static void Run(double toleranceMm)
    {
        if (!IsValid(toleranceMm))
        {
            throw new ArgumentOutOfRangeException(nameof(toleranceMm), toleranceMm, "a tolerance must be a finite number of millimetres, at least 0.");
        }
    }
}
