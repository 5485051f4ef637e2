namespace SegLossBias.Experiments.Statistics;

/// <summary>What one class of one case counts in a mean.</summary>
/// <param name="Dice">DSC, 0 to 1.</param>
/// <param name="Iou">IoU, 0 to 1.</param>
/// <param name="Nsd">Normalised surface distance, 0 to 1.</param>
/// <param name="Hd95">95th percentile of the Hausdorff distance, in mm.</param>
internal readonly record struct StructureScore(double Dice, double Iou, double Nsd, double Hd95)
{
    /// <returns>
    /// Null where nothing is there and nothing predicted; 0, and the diagonal for the distance, for a missed structure and
    /// for a false alarm.
    /// </returns>
    public static StructureScore? Of(ClassResult result, double diagonal) => result.Counts.Empty switch
    {
        EmptyCase.Both => null,
        EmptyCase.None => new(result.Counts.Dice, result.Counts.IoU, result.Nsd, result.Hd95),
        _ => new(0, 0, 0, diagonal),
    };

    /// <summary>Means over the classes of a case that count; null if none does.</summary>
    public static StructureScore? Of(CaseResult result) =>
        Mean([.. result.Classes.Select(item => Of(item, result.DiagonalMm)).OfType<StructureScore>()]);

    public static StructureScore? Mean(IReadOnlyList<StructureScore> scores) => scores.Count == 0
        ? null
        : new(scores.Average(s => s.Dice), scores.Average(s => s.Iou), scores.Average(s => s.Nsd), scores.Average(s => s.Hd95));
}
