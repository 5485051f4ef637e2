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

    /// <summary>Rounding of a difference of two float64 numbers of plain loops, relative to them.</summary>
    internal const double Roundoff = 1e-14;

    /// <summary>A slope in one direction against differences of plain loops, by dtype of the logits, relative to the largest entry of the gradient.</summary>
    internal static double Slope(ScalarType dtype) => dtype == ScalarType.Float64 ? FiniteDifference : StoredGradient(dtype);

    /// <summary>What float32 promises: a loss, or a statistic, relative to its value where that is above 1.</summary>
    internal const double Float32Value = 1e-6;

    /// <summary>What float32 promises: a gradient, relative to its largest entry.</summary>
    internal const double Float32Gradient = 2e-6;

    /// <summary>A gradient stored in this dtype, relative to its largest entry: half a unit in the last place.</summary>
    internal static double StoredGradient(ScalarType dtype) => dtype switch
    {
        ScalarType.Float64 => Identity,
        ScalarType.Float32 => Float32Gradient,
        ScalarType.Float16 => Float32Gradient + (1.0 / 2048),
        ScalarType.BFloat16 => Float32Gradient + (1.0 / 256),
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "no tolerance for this dtype"),
    };

    /// <summary>Statistics from logits of this dtype; those of narrow types are calculated in float32.</summary>
    internal static double Statistic(ScalarType dtype) => dtype == ScalarType.Float64 ? Identity : Float32Value;

    /// <summary>Elementary functions of the kernels, in units of the last place.</summary>
    internal const double UnitsInTheLastPlace = 2;
}
