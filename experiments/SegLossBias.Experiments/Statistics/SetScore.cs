namespace SegLossBias.Experiments.Statistics;

/// <summary>How well one network does on one set of cases; NaN where nothing counts.</summary>
/// <param name="Dice">DSC, mean over cases of the case's mean over classes, 0 to 1.</param>
/// <param name="Iou">IoU, likewise.</param>
/// <param name="PooledDice">DSC of each class with the pixels of all cases added up, mean over classes that occur or are predicted.</param>
/// <param name="PooledIou">IoU, likewise.</param>
/// <param name="Nsd">Normalised surface distance, likewise.</param>
/// <param name="Hd95">95th percentile of the Hausdorff distance, likewise, in mm.</param>
/// <param name="SizeError">(P − T) / T of each class with the pixels of all cases added up, mean over classes that occur.</param>
/// <param name="AbsoluteSizeError">|P − T| / T, mean over the structures that are there.</param>
/// <param name="Structures">Classes that are there, over all cases.</param>
/// <param name="Missed">Those of which no pixel is predicted.</param>
/// <param name="FalseAlarms">Classes predicted in cases where they are not.</param>
/// <param name="ClassDice">DSC of each measured class, mean over cases.</param>
/// <param name="ClassIou">IoU of each measured class with the pixels of all cases added up; NaN where it neither occurs nor is predicted.</param>
/// <param name="ClassShare">Share of each measured class of the valid pixels of all cases.</param>
internal sealed record SetScore(
    double Dice, double Iou, double PooledDice, double PooledIou, double Nsd, double Hd95, double SizeError, double AbsoluteSizeError,
    int Structures, int Missed, int FalseAlarms, IReadOnlyList<double> ClassDice, IReadOnlyList<double> ClassIou, IReadOnlyList<double> ClassShare)
{
    public static SetScore Of(IReadOnlyList<CaseResult> cases)
    {
        var mean = StructureScore.Mean([.. cases.Select(StructureScore.Of).OfType<StructureScore>()])
            ?? new(double.NaN, double.NaN, double.NaN, double.NaN);
        var counts = cases.SelectMany(item => item.Classes).Select(result => result.Counts).ToArray();
        var classes = cases.SelectMany(item => item.Classes.Select(result => (Result: result, item.DiagonalMm)))
            .GroupBy(pair => pair.Result.Class).OrderBy(group => group.Key).ToArray();
        var pooled = classes.Select(group => group.Aggregate(new OverlapCounts(), (sum, pair) => sum + pair.Result.Counts)).ToArray();
        var known = pooled.Where(sum => sum.Empty != EmptyCase.Both).ToArray();
        return new(
            mean.Dice, mean.Iou, Average(known.Select(sum => sum.Dice)), Average(known.Select(sum => sum.IoU)), mean.Nsd, mean.Hd95,
            Average(pooled.Where(sum => sum.TargetSize > 0).Select(sum => sum.SizeError)),
            Average(counts.Where(count => count.TargetSize > 0).Select(count => Math.Abs(count.SizeError))),
            counts.Count(count => count.TargetSize > 0),
            counts.Count(count => count.Empty == EmptyCase.Prediction),
            counts.Count(count => count.Empty == EmptyCase.Target),
            [.. classes.Select(group => Average(group.Select(pair => StructureScore.Of(pair.Result, pair.DiagonalMm)?.Dice).OfType<double>()))],
            [.. pooled.Select(sum => sum.Empty == EmptyCase.Both ? double.NaN : sum.IoU)],
            [.. pooled.Select(sum => (double)sum.TargetSize / sum.ValidSize)]);
    }

    private static double Average(IEnumerable<double> values) => values.DefaultIfEmpty(double.NaN).Average();
}
