using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Metrics that are formulas on counts. Counts add up over images, so that there are pooled values too.</summary>
/// <remarks>
/// With c the counts and m a metric:
/// <code>
/// pooled = m(Σ_n c_nk)
/// </code>
/// </remarks>
/// <typeparam name="TCounts">The counts of an image and class.</typeparam>
/// <typeparam name="TMetric">The metrics by name.</typeparam>
public abstract class CountMetrics<TCounts, TMetric> : ClassMetrics<TCounts, TMetric>
    where TCounts : struct, IAdditionOperators<TCounts, TCounts, TCounts>
    where TMetric : struct, Enum
{
    private protected CountMetrics(int classes)
        : base(classes)
    {
    }

    /// <summary>Adds a batch of label maps.</summary>
    /// <param name="prediction">[N, *] or [N, 1, *] with labels 0..K−1 (binary: 0 and 1); multilabel [N, K, *] with 0 and 1. Integers or bools, any device.</param>
    /// <param name="target">On the same device, as the losses take it beside logits of that size: class indices [N, *] or [N, 1, *], or one-hot [N, K, *]; multilabel [N, K, *]. Where labels are 0 and 1 they may be floats. May hold the ignore index, under which the prediction may be anything.</param>
    /// <exception cref="ArgumentException">
    /// Shape, dtype or device are wrong, a label is out of range, prediction and target may be one-hot as well as label maps,
    /// or the settings contradict each other; nothing is added.
    /// </exception>
    public void Add(Tensor prediction, Tensor target)
    {
        using var scope = NewDisposeScope();
        Append(Count(LabelPair.OfMaps(prediction, target, Layout.Classes, Mode, Ignored)));
    }

    /// <summary>Adds a batch of network outputs: the largest channel (multiclass), or each channel above 0, that is sigmoid above 0.5.</summary>
    /// <param name="logits">[N, K, *], one to three spatial axes, before softmax or sigmoid.</param>
    /// <param name="target">As for the losses: class indices [N, *] or [N, 1, *], or one-hot [N, K, *]; multilabel [N, K, *]. Where labels are 0 and 1 they may be floats.</param>
    /// <exception cref="ArgumentException">Shape, dtype or device are wrong, a label is out of range, a logit that counts is NaN or the settings contradict each other; nothing is added.</exception>
    public void AddLogits(Tensor logits, Tensor target)
    {
        using var scope = NewDisposeScope();
        Append(Count(LabelPair.OfLogits(logits, target, Layout.Classes, Mode, Ignored)));
    }

    /// <summary>The counts of all images together.</summary>
    /// <param name="class">An evaluated class.</param>
    /// <returns>Sums; all 0 without images.</returns>
    /// <exception cref="ArgumentException">The class is not evaluated.</exception>
    public TCounts Pooled(int @class)
    {
        var column = Layout.Column(@class);
        return Rows.Aggregate(default(TCounts), (sum, image) => sum + image[column]);
    }

    /// <summary>The mean over classes of the pooled values; for <see cref="OverlapMetric.IoU"/> the mIoU of semantic segmentation.</summary>
    /// <param name="metric">Which metric.</param>
    /// <param name="whenEmpty">What classes count that are empty in the whole data set.</param>
    /// <exception cref="ArgumentException">There is no such metric, or a policy does not fit it.</exception>
    public MetricSummary MeanOfPooled(TMetric metric, EmptyPolicies whenEmpty) => Summary(Evaluated.Select(Pooled), metric, whenEmpty);

    /// <summary>The counts of each image and evaluated class.</summary>
    private protected abstract TCounts[][] Count(LabelPair labels);
}
