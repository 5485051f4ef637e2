using System.Text.Json.Serialization;

namespace SegLossBias;

/// <summary>The surface metrics of one structure; formulas in <see cref="SurfaceDistances"/>.</summary>
public readonly record struct SurfaceScores
{
    [JsonConstructor]
    internal SurfaceScores(
        double normalizedSurfaceDistance,
        double hausdorff,
        double hausdorff95,
        double averageTargetToPrediction,
        double averagePredictionToTarget,
        double averageSymmetric,
        EmptyCase empty,
        double? diagonalMm = null)
    {
        (NormalizedSurfaceDistance, Hausdorff, Hausdorff95) = (normalizedSurfaceDistance, hausdorff, hausdorff95);
        (AverageTargetToPrediction, AveragePredictionToTarget, AverageSymmetric) = (averageTargetToPrediction, averagePredictionToTarget, averageSymmetric);
        (Empty, DiagonalMm) = (empty, diagonalMm);
    }

    /// <summary>NSD at the chosen tolerance, 0 to 1; 0 when one mask is empty, NaN when both are.</summary>
    public double NormalizedSurfaceDistance { get; }

    /// <summary>Largest distance in mm; ∞ when a mask is empty.</summary>
    public double Hausdorff { get; }

    /// <summary>95th percentile of the distances in mm, the larger of both directions; ∞ when a mask is empty.</summary>
    public double Hausdorff95 { get; }

    /// <summary>Mean distance in mm from the target's surface; ∞ when only the prediction is empty, NaN when the target is.</summary>
    public double AverageTargetToPrediction { get; }

    /// <summary>Mean distance in mm from the prediction's surface; ∞ when only the target is empty, NaN when the prediction is.</summary>
    public double AveragePredictionToTarget { get; }

    /// <summary>Mean distance in mm over both surfaces; ∞ when one mask is empty, NaN when both are.</summary>
    public double AverageSymmetric { get; }

    /// <summary>
    /// Mean average surface distance (MASD), ( ASD(S→Ŝ) + ASD(Ŝ→S) ) / 2 in mm: both directions count the same, however large
    /// their surfaces are; ∞ when one mask is empty, NaN when both are. Maier-Hein et al., Nature Methods 21 (2024).
    /// </summary>
    [JsonIgnore]
    public double MeanAverage => Empty is EmptyCase.Target or EmptyCase.Prediction ? double.PositiveInfinity : (AverageTargetToPrediction + AveragePredictionToTarget) / 2;

    /// <summary>Which mask has no pixel.</summary>
    public EmptyCase Empty { get; }

    /// <summary>The diagonal √( Σ_a (s_a·n_a)² ) of the image in mm, the largest distance that there can be; null when it was read from a file of an earlier version.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? DiagonalMm { get; }

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
        SurfaceMetric.MeanAverage => MeanAverage,
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "metric must be one of SurfaceMetric."),
    };
}
