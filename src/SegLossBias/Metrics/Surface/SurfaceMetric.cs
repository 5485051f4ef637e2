namespace SegLossBias;

/// <summary>The surface metrics of <see cref="SurfaceScores"/>.</summary>
public enum SurfaceMetric
{
    /// <summary><see cref="SurfaceScores.NormalizedSurfaceDistance"/>, higher is better.</summary>
    NormalizedSurfaceDistance,

    /// <summary><see cref="SurfaceScores.Hausdorff"/>, in mm.</summary>
    Hausdorff,

    /// <summary><see cref="SurfaceScores.Hausdorff95"/>, in mm.</summary>
    Hausdorff95,

    /// <summary><see cref="SurfaceScores.AverageTargetToPrediction"/>, in mm.</summary>
    AverageTargetToPrediction,

    /// <summary><see cref="SurfaceScores.AveragePredictionToTarget"/>, in mm.</summary>
    AveragePredictionToTarget,

    /// <summary><see cref="SurfaceScores.AverageSymmetric"/>, in mm.</summary>
    AverageSymmetric,

    /// <summary><see cref="SurfaceScores.MeanAverage"/>, in mm.</summary>
    MeanAverage,
}
