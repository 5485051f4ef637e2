using System.Numerics;

namespace SegLossBias;

/// <summary>How many lesions were found, invented and missed, and how well those that were found overlap; formulas in <see cref="LesionMetrics"/>.</summary>
public readonly record struct LesionCounts : IAdditionOperators<LesionCounts, LesionCounts, LesionCounts>
{
    internal LesionCounts(long truePositives, long falsePositives, long falseNegatives, double diceSum, double ioUSum)
    {
        (TruePositives, FalsePositives, FalseNegatives) = (truePositives, falsePositives, falseNegatives);
        (DiceSum, IoUSum) = (diceSum, ioUSum);
    }

    /// <summary>TP, true lesions that were found.</summary>
    public long TruePositives { get; }

    /// <summary>FP, predicted lesions that match none.</summary>
    public long FalsePositives { get; }

    /// <summary>FN, true lesions that were missed.</summary>
    public long FalseNegatives { get; }

    /// <summary>Σ over TP of the Dice of the pair.</summary>
    public double DiceSum { get; }

    /// <summary>Σ over TP of the IoU of the pair.</summary>
    public double IoUSum { get; }

    /// <summary>Sensitivity, TP / (TP + FN), 0 to 1; NaN when there is no true lesion.</summary>
    public double Recall => Found.Recall;

    /// <summary>TP / (TP + FP), 0 to 1; NaN when no lesion is predicted.</summary>
    public double Precision => Found.Precision;

    /// <summary>2 TP / (2 TP + FP + FN), 0 to 1; NaN when there is no lesion.</summary>
    public double F1 => Found.Dice;

    /// <summary>Lesion-wise DSC, Σ_TP DSC / (TP + FP + FN): a missed and an invented lesion count 0; 0 to 1, NaN when there is no lesion.</summary>
    public double Dice => DiceSum / (TruePositives + FalsePositives + FalseNegatives);

    /// <summary>PQ = Σ_TP IoU / (TP + ½ FP + ½ FN), 0 to 1; NaN when there is no lesion. Kirillov et al., arXiv:1801.00868.</summary>
    public double PanopticQuality => IoUSum / (TruePositives + ((FalsePositives + FalseNegatives) / 2.0));

    /// <summary>Which mask has no lesion.</summary>
    public EmptyCase Empty => Found.Empty;

    /// <summary>The lesions as <see cref="OverlapCounts"/> counts pixels; there are no true negatives.</summary>
    private OverlapCounts Found => new(TruePositives, FalsePositives, FalseNegatives, 0);

    /// <summary>The counts of two images or shards together.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>Sums of each count.</returns>
    public static LesionCounts operator +(LesionCounts left, LesionCounts right) => left.Add(right);

    /// <summary>The counts of two images or shards together.</summary>
    /// <param name="other">The other.</param>
    /// <returns>Sums of each count.</returns>
    public LesionCounts Add(LesionCounts other) => new(
        TruePositives + other.TruePositives,
        FalsePositives + other.FalsePositives,
        FalseNegatives + other.FalseNegatives,
        DiceSum + other.DiceSum,
        IoUSum + other.IoUSum);

    /// <summary>The value of a metric chosen by name.</summary>
    /// <param name="metric">Which.</param>
    /// <returns>The property of that name.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such metric.</exception>
    public double Value(LesionMetric metric) => metric switch
    {
        LesionMetric.Recall => Recall,
        LesionMetric.Precision => Precision,
        LesionMetric.F1 => F1,
        LesionMetric.Dice => Dice,
        LesionMetric.PanopticQuality => PanopticQuality,
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "metric must be one of LesionMetric."),
    };

    /// <summary>The counts, for logs.</summary>
    /// <returns>For example <c>TP 3, FP 1, FN 2</c>.</returns>
    public override string ToString() => FormattableString.Invariant($"TP {TruePositives}, FP {FalsePositives}, FN {FalseNegatives}");
}
