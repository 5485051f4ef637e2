namespace SegLossBias.Training;

/// <summary>How well one network does on one set of pictures. All values are proportions, 0 to 1.</summary>
/// <param name="Dice">Dice coefficient, mean over pictures.</param>
/// <param name="Iou">Intersection over union, mean over pictures.</param>
/// <param name="PooledDice">Dice of all pictures' pixels taken together.</param>
/// <param name="PooledIou">Intersection over union of all pictures' pixels taken together.</param>
/// <param name="TrueSize">Foreground share of the truth.</param>
/// <param name="PredictedSize">Foreground share of the hard prediction (larger logit).</param>
/// <param name="SoftSize">Mean predicted foreground probability.</param>
internal sealed record Score(
    double Dice, double Iou, double PooledDice, double PooledIou, double TrueSize, double PredictedSize, double SoftSize)
{
    /// <summary>The region-size bias: predicted over true foreground, less one. Positive: too much foreground.</summary>
    public double SizeError => TrueSize > 0 ? (PredictedSize / TrueSize) - 1 : double.NaN;

    public static Score Of(IReadOnlyList<Counts> pictures)
    {
        var all = pictures.Aggregate((a, b) => a + b);
        return new(
            pictures.Average(c => c.Dice), pictures.Average(c => c.Iou), all.Dice, all.Iou,
            all.TrueProportion, all.PredictedProportion, all.Soft / all.Pixels);
    }
}
