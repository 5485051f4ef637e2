namespace SegLossBias.Tests.Support;

/// <summary>The only place for tolerances: relative, with an absolute floor of the same size.</summary>
internal static class Tolerance
{
    /// <summary>Golden values and independent oracles, by dtype of the logits.</summary>
    internal static double Of(ScalarType dtype) => dtype switch
    {
        ScalarType.Float64 => 1e-10,
        ScalarType.Float32 => 1e-5,
        ScalarType.Float16 => 5e-3,
        ScalarType.BFloat16 => 4e-2,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "no tolerance for this dtype"),
    };

    /// <summary>Identities and inequalities in float64.</summary>
    internal const double Identity = 1e-12;

    /// <summary>Central differences in float64 with step 1e-5 on logits of order 1.</summary>
    internal const double FiniteDifference = 1e-6;
}
