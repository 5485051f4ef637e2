using System.Numerics;

namespace SegLossBias;

/// <summary>The four counts of pixels that every overlap metric of a structure is a formula on.</summary>
/// <remarks>
/// P = TP + FP predicted pixels, T = TP + FN true pixels, V all pixels that are not ignored. Counts add up over images
/// (pooling), metrics do not. A formula that divides 0 by 0 is NaN; means of many structures say what an empty mask
/// counts (<see cref="EmptyPolicies"/>). Formulas as in Taha and Hanbury, BMC Medical Imaging 15:29 (2015).
/// </remarks>
public readonly record struct OverlapCounts : IAdditionOperators<OverlapCounts, OverlapCounts, OverlapCounts>
{
    /// <summary>Counts made elsewhere.</summary>
    /// <param name="truePositives">TP, in pixels.</param>
    /// <param name="falsePositives">FP, in pixels.</param>
    /// <param name="falseNegatives">FN, in pixels.</param>
    /// <param name="trueNegatives">TN, in pixels.</param>
    /// <exception cref="ArgumentException">A count is negative, or together they are more than 2^63 − 1.</exception>
    public OverlapCounts(long truePositives, long falsePositives, long falseNegatives, long trueNegatives)
    {
        if (Flaw([truePositives, falsePositives, falseNegatives, trueNegatives]) is { } flaw)
        {
            throw new ArgumentException($"{flaw}; count the pixels of each structure.");
        }

        (TruePositives, FalsePositives, FalseNegatives, TrueNegatives) = (truePositives, falsePositives, falseNegatives, trueNegatives);
    }

    /// <summary>TP, pixels of the structure predicted as such.</summary>
    public long TruePositives { get; }

    /// <summary>FP, other pixels predicted as the structure.</summary>
    public long FalsePositives { get; }

    /// <summary>FN, pixels of the structure not predicted as such.</summary>
    public long FalseNegatives { get; }

    /// <summary>TN, other pixels not predicted as the structure.</summary>
    public long TrueNegatives { get; }

    /// <summary>T = TP + FN, in pixels.</summary>
    public long TargetSize => TruePositives + FalseNegatives;

    /// <summary>P = TP + FP, in pixels.</summary>
    public long PredictedSize => TruePositives + FalsePositives;

    /// <summary>V = TP + FP + FN + TN, the pixels that are not ignored.</summary>
    public long ValidSize => TruePositives + FalsePositives + FalseNegatives + TrueNegatives;

    /// <summary>Which mask has no pixel.</summary>
    public EmptyCase Empty => EmptyCases.Of(TargetSize, PredictedSize);

    /// <summary>Dice similarity coefficient, DSC = 2 TP / (P + T), 0 to 1; NaN when both masks are empty. Dice, Ecology 26 (1945).</summary>
    public double Dice => 2.0 * TruePositives / ((double)PredictedSize + TargetSize);

    /// <summary>Intersection over union (Jaccard index), IoU = TP / (TP + FP + FN) = DSC / (2 − DSC), 0 to 1; NaN when both masks are empty.</summary>
    public double IoU => (double)TruePositives / (TruePositives + FalsePositives + FalseNegatives);

    /// <summary>Positive predictive value, TP / P, 0 to 1; NaN when the prediction is empty.</summary>
    public double Precision => (double)TruePositives / PredictedSize;

    /// <summary>Sensitivity, TP / T, 0 to 1; NaN when the target is empty.</summary>
    public double Recall => (double)TruePositives / TargetSize;

    /// <summary>1 − |P − T| / (P + T), 0 to 1, blind to position; NaN when both masks are empty.</summary>
    public double VolumeSimilarity => 1 - (Math.Abs(PredictedSize - TargetSize) / ((double)PredictedSize + TargetSize));

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

    /// <summary>True negative rate, TN / (TN + FP), 0 to 1; NaN when the target is everything.</summary>
    public double Specificity => (double)TrueNegatives / (TrueNegatives + FalsePositives);

    /// <summary>(TP + TN) / V, 0 to 1, near 1 for every small structure; NaN when every pixel is ignored.</summary>
    public double Accuracy => (double)(TruePositives + TrueNegatives) / ValidSize;

    /// <summary>(recall + specificity) / 2, 0 to 1, ½ for a constant prediction; NaN when the target is empty or everything.</summary>
    public double BalancedAccuracy => (Recall + Specificity) / 2;

    /// <summary>
    /// Matthews correlation coefficient of the class against the rest, (TP·TN − FP·FN) / √( P·T·(V − P)·(V − T) ), −1 to 1, 0 for
    /// chance; NaN when a mask is empty or everything. Matthews, Biochimica et Biophysica Acta 405 (1975).
    /// </summary>
    public double MatthewsCorrelation => Contrast / (Math.Sqrt((double)PredictedSize * TargetSize) * Math.Sqrt((double)(ValidSize - PredictedSize) * (ValidSize - TargetSize)));

    /// <summary>
    /// Cohen's κ of the class against the rest, 2·(TP·TN − FP·FN) / ( P·(V − T) + T·(V − P) ), −1 to 1, 0 for chance; NaN when both
    /// masks are empty or both are everything. Cohen, Educational and Psychological Measurement 20 (1960).
    /// </summary>
    public double CohenKappa => 2 * Contrast / (((double)PredictedSize * (ValidSize - TargetSize)) + ((double)TargetSize * (ValidSize - PredictedSize)));

    /// <summary>TP·TN − FP·FN, a difference of products that must not be rounded first.</summary>
    private double Contrast => (double)(((Int128)TruePositives * TrueNegatives) - ((Int128)FalsePositives * FalseNegatives));

    /// <summary>F_β = (1 + β²)·TP / ( (1 + β²)·TP + β²·FN + FP ), 0 to 1; β = 1 is Dice. NaN when both masks are empty. van Rijsbergen, Information Retrieval (1979).</summary>
    /// <param name="beta">β > 0: recall counts β times as much as precision.</param>
    /// <exception cref="ArgumentOutOfRangeException">β is not positive and finite.</exception>
    public double FScore(double beta)
    {
        var square = SettingCheck.Positive(beta, "β", nameof(beta)) * beta;
        return (1 + square) * TruePositives / (((1 + square) * TruePositives) + (square * FalseNegatives) + FalsePositives);
    }

    /// <summary>The counts of two images or shards together.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>Sums of each count.</returns>
    public static OverlapCounts operator +(OverlapCounts left, OverlapCounts right) => left.Add(right);

    /// <summary>The counts of two images or shards together.</summary>
    /// <param name="other">The other.</param>
    /// <returns>Sums of each count.</returns>
    /// <exception cref="ArgumentException">Together they are more than 2^63 − 1 pixels.</exception>
    public OverlapCounts Add(OverlapCounts other) => (Int128)ValidSize + other.ValidSize <= long.MaxValue
        ? new(
            TruePositives + other.TruePositives,
            FalsePositives + other.FalsePositives,
            FalseNegatives + other.FalseNegatives,
            TrueNegatives + other.TrueNegatives)
        : throw new ArgumentException($"counts may add up to {long.MaxValue} pixels, but these have {ValidSize} and the others {other.ValidSize}; read them image by image.", nameof(other));

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
        OverlapMetric.Specificity => Specificity,
        OverlapMetric.Accuracy => Accuracy,
        OverlapMetric.BalancedAccuracy => BalancedAccuracy,
        OverlapMetric.MatthewsCorrelation => MatthewsCorrelation,
        OverlapMetric.CohenKappa => CohenKappa,
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "metric must be one of OverlapMetric."),
    };

    /// <summary>The four counts, for logs.</summary>
    /// <returns>For example <c>TP 6, FP 2, FN 4, TN 8</c>.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"TP {TruePositives}, FP {FalsePositives}, FN {FalseNegatives}, TN {TrueNegatives}");

    /// <summary>What a metric measures.</summary>
    internal static MetricKind KindOf(OverlapMetric metric) =>
        metric is OverlapMetric.SizeError or OverlapMetric.ProportionError ? MetricKind.Error : MetricKind.Score;

    /// <summary>What is wrong with the counts TP, FP, FN and TN of a structure; null when nothing is.</summary>
    internal static string? Flaw(ReadOnlySpan<long> counts)
    {
        Int128 sum = 0;
        foreach (var count in counts)
        {
            if (count < 0)
            {
                return $"counts of pixels are at least 0, but one is {count}";
            }

            sum += count;
        }

        return sum <= long.MaxValue ? null : $"counts of pixels add up to at most {long.MaxValue}, but they are {Shapes.Text(counts.ToArray())}";
    }
}
