using System.Text.Json.Serialization;

namespace SegLossBias;

/// <summary>The surface metrics of one structure; formulas in <see cref="SurfaceDistances"/>.</summary>
/// <param name="NormalizedSurfaceDistance">NSD at the chosen tolerance, 0 to 1; 0 when one mask is empty, NaN when both are.</param>
/// <param name="Hausdorff">Largest distance in mm; ∞ when a mask is empty.</param>
/// <param name="Hausdorff95">95th percentile of the distances in mm, the larger of both directions; ∞ when a mask is empty.</param>
/// <param name="AverageTargetToPrediction">Mean distance in mm from the target's surface; ∞ when only the prediction is empty, NaN when the target is.</param>
/// <param name="AveragePredictionToTarget">Mean distance in mm from the prediction's surface; ∞ when only the target is empty, NaN when the prediction is.</param>
/// <param name="AverageSymmetric">Mean distance in mm over both surfaces; ∞ when one mask is empty, NaN when both are.</param>
/// <param name="Empty">Which mask has no pixel.</param>
[method: JsonConstructor]
public readonly record struct SurfaceScores(
    double NormalizedSurfaceDistance,
    double Hausdorff,
    double Hausdorff95,
    double AverageTargetToPrediction,
    double AveragePredictionToTarget,
    double AverageSymmetric,
    EmptyCase Empty)
{
    /// <summary>The value of a metric chosen by name.</summary>
    /// <param name="metric">Which.</param>
    /// <returns>The property of that name.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such metric.</exception>
    public double Value(SurfaceMetric metric) => metric switch
    {
        SurfaceMetric.NormalizedSurfaceDistance => NormalizedSurfaceDistance,
        SurfaceMetric.Hausdorff => Hausdorff,
        SurfaceMetric.Hausdorff95 => Hausdorff95,
        SurfaceMetric.AverageTargetToPrediction => AverageTargetToPrediction,
        SurfaceMetric.AveragePredictionToTarget => AveragePredictionToTarget,
        SurfaceMetric.AverageSymmetric => AverageSymmetric,
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "metric must be one of SurfaceMetric."),
    };
}
