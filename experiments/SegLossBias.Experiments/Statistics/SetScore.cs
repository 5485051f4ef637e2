namespace SegLossBias.Experiments.Statistics;

/// <summary>How well one network does on one set of cases; NaN where nothing counts.</summary>
/// <param name="Dice">DSC, mean over cases of the case's mean over classes, 0 to 1.</param>
/// <param name="Iou">IoU, likewise.</param>
/// <param name="Nsd">Normalised surface distance, likewise.</param>
/// <param name="Hd95">95th percentile of the Hausdorff distance, likewise, in mm.</param>
/// <param name="SizeError">(P − T) / T of each class with the pixels of all cases added up, mean over classes that occur.</param>
/// <param name="AbsoluteSizeError">|P − T| / T, mean over the structures that are there.</param>
/// <param name="Structures">Classes that are there, over all cases.</param>
/// <param name="Missed">Those of which no pixel is predicted.</param>
/// <param name="FalseAlarms">Classes predicted in cases where they are not.</param>
/// <param name="ClassDice">DSC of each measured class, mean over cases.</param>
internal sealed record SetScore(
    double Dice, double Iou, double Nsd, double Hd95, double SizeError, double AbsoluteSizeError,
    int Structures, int Missed, int FalseAlarms, IReadOnlyList<double> ClassDice)
{
    public static SetScore Of(IReadOnlyList<CaseResult> cases)
    {
        var mean = StructureScore.Mean([.. cases.Select(StructureScore.Of).OfType<StructureScore>()])
            ?? new(double.NaN, double.NaN, double.NaN, double.NaN);
        var counts = cases.SelectMany(item => item.Classes).Select(result => result.Counts).ToArray();
        var classes = cases.SelectMany(item => item.Classes.Select(result => (Result: result, item.DiagonalMm)))
            .GroupBy(pair => pair.Result.Class).OrderBy(group => group.Key).ToArray();
        return new(
            mean.Dice, mean.Iou, mean.Nsd, mean.Hd95,
            Average(classes.Select(group => group.Aggregate(new OverlapCounts(), (sum, pair) => sum + pair.Result.Counts))
                .Where(sum => sum.TargetSize > 0).Select(sum => sum.SizeError)),
            Average(counts.Where(count => count.TargetSize > 0).Select(count => Math.Abs(count.SizeError))),
            counts.Count(count => count.TargetSize > 0),
            counts.Count(count => count.Empty == EmptyCase.Prediction),
            counts.Count(count => count.Empty == EmptyCase.Target),
            [.. classes.Select(group => Average(group.Select(pair => StructureScore.Of(pair.Result, pair.DiagonalMm)?.Dice).OfType<double>()))]);
    }

    private static double Average(IEnumerable<double> values) => values.DefaultIfEmpty(double.NaN).Average();
}
