using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Overlap metrics of a data set: add batches as they come, merge shards, read means, single images or pooled values.</summary>
/// <remarks>
/// Kept are the four integer counts (<see cref="OverlapCounts"/>) of each image and evaluated class, 32 bytes each, so that shards
/// merge exactly and every mean can be taken with every policy afterwards. With m a metric, c the counts, n images, k classes:
/// <code>
/// mean   = average of m(c_nk) over the structures (n,k) that count
/// pooled = m(Σ_n c_nk)
/// </code>
/// An instance is for one thread at a time; give each worker its own and merge.
/// </remarks>
public sealed class OverlapMetrics
{
    private readonly List<OverlapCounts[]> _images = [];
    private MetricLayout? _layout;

    /// <summary>Starts with no image.</summary>
    /// <param name="classes">K: classes in multiclass mode, channels in multilabel mode, 1 in binary mode.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no class.</exception>
    public OverlapMetrics(int classes) => Classes = MetricLayout.Positive(classes);

    /// <summary>K: classes in multiclass mode, channels in multilabel mode, 1 in binary mode.</summary>
    public int Classes { get; }

    /// <summary>How labels and logits are read; multiclass by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such mode.</exception>
    public SegmentationMode Mode
    {
        get;
        init => field = SettingCheck.Defined(value, nameof(Mode));
    }

    /// <summary>Which classes to evaluate; all by default.</summary>
    public ClassSelection Selection
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Selection));
            field = value;
        }
    } = ClassSelection.All;

    /// <summary>The target label of pixels that are counted nowhere; none by default.</summary>
    public long? IgnoreIndex { get; init; }

    /// <summary>The evaluated classes; 0, the foreground, in binary mode.</summary>
    /// <exception cref="ArgumentException">Classes, mode and selection contradict each other.</exception>
    public IReadOnlyList<int> Evaluated => Layout.Selected;

    /// <summary>Images so far.</summary>
    public int Images => _images.Count;

    /// <summary>The settings are checked together when they are first used.</summary>
    private MetricLayout Layout => _layout ??= new(Classes, Selection, Mode, IgnoreIndex);

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
        _images.AddRange(OverlapCounting.Of(LabelPair.OfMaps(prediction, target, Layout.Classes, Mode, IgnoreIndex), Layout));
    }

    /// <summary>Adds a batch of network outputs: the largest channel (multiclass), or each channel above 0, that is sigmoid above 0.5.</summary>
    /// <param name="logits">[N, K, *], one to three spatial axes, before softmax or sigmoid.</param>
    /// <param name="target">As for the losses: class indices [N, *] or [N, 1, *], or one-hot [N, K, *]; multilabel [N, K, *]. Where labels are 0 and 1 they may be floats.</param>
    /// <exception cref="ArgumentException">Shape, dtype or device are wrong, a label is out of range, a logit that counts is NaN or the settings contradict each other; nothing is added.</exception>
    public void AddLogits(Tensor logits, Tensor target)
    {
        using var scope = NewDisposeScope();
        _images.AddRange(OverlapCounting.Of(LabelPair.OfLogits(logits, target, Layout.Classes, Mode, IgnoreIndex), Layout));
    }

    /// <summary>Appends the images of another accumulator with the same settings, as if they had been added here.</summary>
    /// <param name="other">Left as it is.</param>
    /// <exception cref="ArgumentException">The settings differ, or it is this accumulator itself.</exception>
    public void Merge(OverlapMetrics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Layout.EnsureSame(other.Layout);
        _images.AddRange(ReferenceEquals(other, this) ? throw new ArgumentException("merging metrics with themselves would count every image twice.", nameof(other)) : other._images);
    }

    /// <summary>The counts of one image.</summary>
    /// <param name="image">In the order of adding, from 0.</param>
    /// <param name="class">An evaluated class.</param>
    /// <exception cref="ArgumentException">There is no such image, or the class is not evaluated.</exception>
    public OverlapCounts Image(int image, int @class) => Row(image)[Layout.Column(@class)];

    /// <summary>The counts of all images together.</summary>
    /// <param name="class">An evaluated class.</param>
    /// <returns>Sums; all 0 without images.</returns>
    /// <exception cref="ArgumentException">The class is not evaluated.</exception>
    public OverlapCounts Pooled(int @class)
    {
        var column = Layout.Column(@class);
        return _images.Aggregate(new OverlapCounts(), (sum, image) => sum + image[column]);
    }

    /// <summary>The mean over images and classes.</summary>
    /// <param name="metric">Which metric.</param>
    /// <param name="whenEmpty">What structures with an empty mask count.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such metric.</exception>
    public MetricSummary Mean(OverlapMetric metric, EmptyPolicies whenEmpty) =>
        Summary(_images.SelectMany(image => image), metric, whenEmpty);

    /// <summary>The mean over images of one class.</summary>
    /// <param name="metric">Which metric.</param>
    /// <param name="class">An evaluated class.</param>
    /// <param name="whenEmpty">What images with an empty mask count.</param>
    /// <exception cref="ArgumentException">The class is not evaluated, or there is no such metric.</exception>
    public MetricSummary MeanOfClass(OverlapMetric metric, int @class, EmptyPolicies whenEmpty)
    {
        var column = Layout.Column(@class);
        return Summary(_images.Select(image => image[column]), metric, whenEmpty);
    }

    /// <summary>The mean over classes of one image.</summary>
    /// <param name="metric">Which metric.</param>
    /// <param name="image">In the order of adding, from 0.</param>
    /// <param name="whenEmpty">What classes with an empty mask count.</param>
    /// <exception cref="ArgumentException">There is no such image or metric.</exception>
    public MetricSummary MeanOfImage(OverlapMetric metric, int image, EmptyPolicies whenEmpty) => Summary(Row(image), metric, whenEmpty);

    /// <summary>The mean over classes of the pooled values; for <see cref="OverlapMetric.IoU"/> the mIoU of semantic segmentation.</summary>
    /// <param name="metric">Which metric.</param>
    /// <param name="whenEmpty">What classes count that are empty in the whole data set.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such metric.</exception>
    public MetricSummary MeanOfPooled(OverlapMetric metric, EmptyPolicies whenEmpty) => Summary(Evaluated.Select(Pooled), metric, whenEmpty);

    /// <summary>Writes settings and counts as JSON.</summary>
    /// <param name="path">A file, replaced as a whole if it is there.</param>
    public void Save(string path) => OverlapFile.Save(path, Layout, _images);

    /// <summary>Reads what <see cref="Save"/> wrote; more images can be added and merged.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Metrics with the saved settings and images.</returns>
    /// <exception cref="InvalidDataException">The file holds something else, counts that overflow, or counts that contradict each other.</exception>
    public static OverlapMetrics Load(string path)
    {
        var (saved, images) = OverlapFile.Load(path);
        var metrics = new OverlapMetrics(saved.Classes) { Mode = saved.Mode, Selection = saved.Selection, IgnoreIndex = saved.IgnoreIndex };
        metrics._images.AddRange(images);
        return metrics;
    }

    /// <summary>Name, settings and the number of images, for logs.</summary>
    /// <returns>For example <c>OverlapMetrics { Classes = 3, Mode = Multiclass, Evaluated = [1, 2], IgnoreIndex = 255 }, 12 images</c>.</returns>
    public override string ToString() => $"{nameof(OverlapMetrics)} {{ {MetricLayout.Text(() => Layout)} }}, {Images} images";

    private static MetricSummary Summary(IEnumerable<OverlapCounts> structures, OverlapMetric metric, EmptyPolicies whenEmpty)
    {
        _ = SettingCheck.Defined(metric, nameof(metric));
        return MetricSummary.Over(structures.Select(counts => (counts.Value(metric), counts.Empty)), whenEmpty);
    }

    private OverlapCounts[] Row(int image) => image >= 0 && image < _images.Count
        ? _images[image]
        : throw new ArgumentOutOfRangeException(nameof(image), image, $"there are {_images.Count} images, numbered from 0.");
}
