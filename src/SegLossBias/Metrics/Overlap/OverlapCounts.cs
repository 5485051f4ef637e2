namespace SegLossBias;

/// <summary>The four counts of pixels that every overlap metric of a structure is a formula on.</summary>
/// <remarks>
/// P = TP + FP predicted pixels, T = TP + FN true pixels, V all pixels that are not ignored. Counts add up over images
/// (pooling), metrics do not. A formula that divides 0 by 0 is NaN; means of many structures say what an empty mask
/// counts (<see cref="EmptyPolicies"/>). Formulas as in Taha and Hanbury, BMC Medical Imaging 15:29 (2015).
/// </remarks>
/// <param name="TruePositives">TP, pixels of the structure predicted as such.</param>
/// <param name="FalsePositives">FP, other pixels predicted as the structure.</param>
/// <param name="FalseNegatives">FN, pixels of the structure not predicted as such.</param>
/// <param name="TrueNegatives">TN, other pixels not predicted as the structure.</param>
public readonly record struct OverlapCounts(long TruePositives, long FalsePositives, long FalseNegatives, long TrueNegatives)
{
    /// <summary>T = TP + FN, in pixels.</summary>
    public long TargetSize => TruePositives + FalseNegatives;

    /// <summary>P = TP + FP, in pixels.</summary>
    public long PredictedSize => TruePositives + FalsePositives;

    /// <summary>V = TP + FP + FN + TN, the pixels that are not ignored.</summary>
    public long ValidSize => TruePositives + FalsePositives + FalseNegatives + TrueNegatives;

    /// <summary>Which mask has no pixel.</summary>
    public EmptyCase Empty => (TargetSize, PredictedSize) switch
    {
        (0, 0) => EmptyCase.Both,
        (0, _) => EmptyCase.Target,
        (_, 0) => EmptyCase.Prediction,
        _ => EmptyCase.None,
    };

    /// <summary>Dice similarity coefficient, DSC = 2 TP / (P + T), 0 to 1; NaN when both masks are empty. Dice, Ecology 26 (1945).</summary>
    public double Dice => 2.0 * TruePositives / (PredictedSize + TargetSize);

    /// <summary>Intersection over union (Jaccard index), IoU = TP / (TP + FP + FN) = DSC / (2 − DSC), 0 to 1; NaN when both masks are empty.</summary>
    public double IoU => (double)TruePositives / (TruePositives + FalsePositives + FalseNegatives);

    /// <summary>Positive predictive value, TP / P, 0 to 1; NaN when the prediction is empty.</summary>
    public double Precision => (double)TruePositives / PredictedSize;

    /// <summary>Sensitivity, TP / T, 0 to 1; NaN when the target is empty.</summary>
    public double Recall => (double)TruePositives / TargetSize;

    /// <summary>1 − |P − T| / (P + T), 0 to 1, blind to position; NaN when both masks are empty.</summary>
    public double VolumeSimilarity => 1 - ((double)Math.Abs(PredictedSize - TargetSize) / (PredictedSize + TargetSize));

    /// <summary>
    /// Signed relative region-size error, (P − T) / T, −1 to ∞, above 0 where too much is predicted; NaN when both masks
    /// are empty, ∞ when the target alone is.
    /// </summary>
    public double SizeError => (double)(PredictedSize - TargetSize) / TargetSize;

    /// <summary>
    /// Signed region-size error as a proportion of the image, (P − T) / V, −1 to 1: p̂ − ŷ of the hard prediction; NaN
    /// when every pixel is ignored.
    /// </summary>
    public double ProportionError => (double)(PredictedSize - TargetSize) / ValidSize;

    /// <summary>The counts of two images or shards together.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>Sums of each count.</returns>
    public static OverlapCounts operator +(OverlapCounts left, OverlapCounts right) => left.Add(right);

    /// <summary>The counts of two images or shards together.</summary>
    /// <param name="other">The other.</param>
    /// <returns>Sums of each count.</returns>
    public OverlapCounts Add(OverlapCounts other) => new(
        TruePositives + other.TruePositives,
        FalsePositives + other.FalsePositives,
        FalseNegatives + other.FalseNegatives,
        TrueNegatives + other.TrueNegatives);

    /// <summary>The value of a metric chosen by name.</summary>
    /// <param name="metric">Which.</param>
    /// <returns>The property of that name.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such metric.</exception>
    public double Value(OverlapMetric metric) => metric switch
    {
        OverlapMetric.Dice => Dice,
        OverlapMetric.IoU => IoU,
        OverlapMetric.Precision => Precision,
        OverlapMetric.Recall => Recall,
        OverlapMetric.VolumeSimilarity => VolumeSimilarity,
        OverlapMetric.SizeError => SizeError,
        OverlapMetric.ProportionError => ProportionError,
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "metric must be one of OverlapMetric."),
    };
}
