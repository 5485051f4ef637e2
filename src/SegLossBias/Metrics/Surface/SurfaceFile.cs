namespace SegLossBias;

/// <summary>Saved scores of each image and class.</summary>
internal static class SurfaceFile
{
    /// <summary>Means and maxima are rounded on their own.</summary>
    private const double Rounding = 1e-9;

    internal static void Save(string path, MetricLayout layout, IEnumerable<double> toleranceMm, IEnumerable<SurfaceScores[]> images) =>
        MetricFile<SurfaceScores>.Of(nameof(SurfaceMetrics), layout, [.. toleranceMm], [.. images]).Save(path);

    internal static MetricFile<SurfaceScores> Load(string path) => MetricFile<SurfaceScores>.Load(path, nameof(SurfaceMetrics), Flaw);

    private static string? Flaw(MetricFile<SurfaceScores> saved)
    {
        if (saved.ToleranceMm?.Length != saved.Classes || !saved.ToleranceMm.All(ToleranceCheck.IsValid))
        {
            return $"toleranceMm has a finite number ≥ 0 for each of the {saved.Classes} classes, but it is {Shapes.Text(saved.ToleranceMm ?? [])}";
        }

        for (var image = 0; image < saved.Images.Length; image++)
        {
            if (Array.FindIndex(saved.Images[image], scores => !AreConsistent(scores)) is >= 0 and var column)
            {
                return $"image {image}, class {saved.Evaluated[column]}: its scores contradict each other, {saved.Images[image][column]}";
            }
        }

        return null;
    }

    /// <summary>What the formulas of <see cref="SurfaceDistances"/> can give.</summary>
    private static bool AreConsistent(SurfaceScores s) => s.DiagonalMm is not (<= 0 or double.NaN or double.PositiveInfinity) && s.Empty switch
    {
        EmptyCase.None => IsRange(s.NormalizedSurfaceDistance, 0, 1)
            && double.IsFinite(s.Hausdorff) && IsRange(s.Hausdorff, 0, s.DiagonalMm ?? s.Hausdorff) && IsRange(s.Hausdorff95, 0, s.Hausdorff)
            && IsRange(s.AverageTargetToPrediction, 0, s.Hausdorff) && IsRange(s.AveragePredictionToTarget, 0, s.Hausdorff)
            && IsRange(s.AverageSymmetric, Math.Min(s.AverageTargetToPrediction, s.AveragePredictionToTarget), Math.Max(s.AverageTargetToPrediction, s.AveragePredictionToTarget)),
        EmptyCase.Target => Are(s, 0, double.NaN, double.PositiveInfinity, double.PositiveInfinity),
        EmptyCase.Prediction => Are(s, 0, double.PositiveInfinity, double.NaN, double.PositiveInfinity),
        _ => Are(s, double.NaN, double.NaN, double.NaN, double.NaN),
    };

    private static bool IsRange(double value, double least, double most) =>
        value >= least * (1 - Rounding) && value <= most * (1 + Rounding);

    /// <summary>Without one of the surfaces every distance is ∞.</summary>
    private static bool Are(SurfaceScores s, double normalized, double fromTarget, double fromPrediction, double symmetric) =>
        s.NormalizedSurfaceDistance.Equals(normalized) && double.IsPositiveInfinity(s.Hausdorff) && double.IsPositiveInfinity(s.Hausdorff95)
        && s.AverageTargetToPrediction.Equals(fromTarget) && s.AveragePredictionToTarget.Equals(fromPrediction) && s.AverageSymmetric.Equals(symmetric);
}
