using System.Text;

namespace SegLossBias;

/// <summary>How many pixels of each true class were predicted as each class, and the metrics of all classes together.</summary>
/// <remarks>
/// C_tp counts pixels of true class t that are predicted as p; T_k = Σ_p C_kp, P_k = Σ_t C_tk, V = Σ C, c = Σ_k C_kk:
/// <code>
/// accuracy = c / V                                                    0 to 1
/// balanced = mean of C_kk / T_k over the classes with T_k > 0         0 to 1
/// R_K (MCC) = (c·V − Σ_k P_k·T_k) / √( (V² − Σ_k P_k²)·(V² − Σ_k T_k²) )   −1 to 1, 0 for chance
/// κ         = (c·V − Σ_k P_k·T_k) / (V² − Σ_k P_k·T_k)                    −1 to 1, 0 for chance
/// </code>
/// What divides 0 by 0 is NaN: R_K where all pixels are of one true or one predicted class, κ where both are the same one.
/// Metrics of one class against the rest are those of <see cref="OverlapCounts"/>, see <see cref="OneVsRest"/>. Gorodkin,
/// Computational Biology and Chemistry 28 (2004); Cohen, Educational and Psychological Measurement 20 (1960).
/// </remarks>
public sealed class ConfusionMatrix
{
    private readonly long[] _counts;

    internal ConfusionMatrix(int classes, long[] counts)
    {
        (Classes, _counts) = (classes, counts);
        Total = counts.Aggregate(0L, (sum, count) => checked(sum + count));
    }

    /// <summary>K.</summary>
    public int Classes { get; }

    /// <summary>V, the pixels that are not ignored.</summary>
    public long Total { get; }

    /// <summary>c / V; NaN without pixels.</summary>
    public double Accuracy => (double)Trace / Total;

    /// <summary>The mean recall of the classes that occur in the target; NaN without pixels.</summary>
    public double BalancedAccuracy =>
        Enumerable.Range(0, Classes).Select(OneVsRest).Where(counts => counts.TargetSize > 0).Select(counts => counts.Recall).DefaultIfEmpty(double.NaN).Average();

    /// <summary>R_K, the Matthews correlation coefficient of K classes; for two classes the usual one. NaN where all pixels are of one true or one predicted class.</summary>
    public double MatthewsCorrelation => (double)Contrast / (Math.Sqrt((double)Rest(k => (PredictedSize(k), PredictedSize(k)))) * Math.Sqrt((double)Rest(k => (TargetSize(k), TargetSize(k)))));

    /// <summary>Cohen's κ; NaN where all pixels are of one class and are predicted as that.</summary>
    public double CohenKappa => (double)Contrast / (double)Rest(k => (PredictedSize(k), TargetSize(k)));

    private long Trace => Enumerable.Range(0, Classes).Sum(k => this[k, k]);

    /// <summary>c·V − Σ P·T: whole numbers, so that nothing cancels.</summary>
    private Int128 Contrast => ((Int128)Trace * Total) - ((Int128)Total * Total) + Rest(k => (PredictedSize(k), TargetSize(k)));

    /// <summary>Pixels of a true class that were predicted as a class.</summary>
    /// <param name="target">The true class.</param>
    /// <param name="prediction">The predicted class.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public long this[int target, int prediction] => _counts[(Class(target) * Classes) + Class(prediction)];

    /// <summary>The matrix of two images or shards together.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>Sums of each count.</returns>
    public static ConfusionMatrix operator +(ConfusionMatrix left, ConfusionMatrix right)
    {
        ArgumentNullException.ThrowIfNull(left);
        return left.Add(right);
    }

    /// <summary>The matrix of two images or shards together.</summary>
    /// <param name="other">The other.</param>
    /// <returns>Sums of each count.</returns>
    /// <exception cref="ArgumentException">The other has other classes.</exception>
    /// <exception cref="OverflowException">Together they have more than 2^63 − 1 pixels.</exception>
    public ConfusionMatrix Add(ConfusionMatrix other)
    {
        ArgumentNullException.ThrowIfNull(other);
        MetricLayout.EnsureSame("number of classes", Classes, other.Classes);
        return new(Classes, [.. _counts.Zip(other._counts, (left, right) => checked(left + right))]);
    }

    /// <summary>TP, FP, FN and TN of one class against the rest, which has all metrics of that class.</summary>
    /// <param name="class">The class.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public OverlapCounts OneVsRest(int @class)
    {
        var (hit, predicted, truth) = (this[@class, @class], PredictedSize(@class), TargetSize(@class));
        return new(hit, predicted - hit, truth - hit, Total - predicted - truth + hit);
    }

    /// <summary>The value of a metric chosen by name.</summary>
    /// <param name="metric">Which.</param>
    /// <returns>The property of that name.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such metric.</exception>
    public double Value(ConfusionMetric metric) => metric switch
    {
        ConfusionMetric.Accuracy => Accuracy,
        ConfusionMetric.BalancedAccuracy => BalancedAccuracy,
        ConfusionMetric.MatthewsCorrelation => MatthewsCorrelation,
        ConfusionMetric.CohenKappa => CohenKappa,
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "metric must be one of ConfusionMetric."),
    };

    /// <summary>One line for each true class, with a column for each predicted one.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (var target = 0; target < Classes; target++)
        {
            text.Append(target == 0 ? "" : "\n").AppendJoin(' ', Row(target));
        }

        return text.ToString();
    }

    /// <summary>The counts of one true class.</summary>
    internal long[] Row(int target) => _counts[(target * Classes)..((target + 1) * Classes)];

    private long TargetSize(int @class) => Enumerable.Range(0, Classes).Sum(other => this[@class, other]);

    private long PredictedSize(int @class) => Enumerable.Range(0, Classes).Sum(other => this[other, @class]);

    /// <summary>V² − Σ_k a_k·b_k.</summary>
    private Int128 Rest(Func<int, (long A, long B)> sizes) =>
        Enumerable.Range(0, Classes).Select(sizes).Aggregate((Int128)Total * Total, (rest, pair) => rest - ((Int128)pair.A * pair.B));

    private int Class(int @class) => @class >= 0 && @class < Classes
        ? @class
        : throw new ArgumentOutOfRangeException(nameof(@class), @class, $"the classes are 0..{Classes - 1}.");
}
