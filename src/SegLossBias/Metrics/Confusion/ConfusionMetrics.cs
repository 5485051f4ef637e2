using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Confusion matrices of a data set of exclusive classes: of each image, and of all together.</summary>
/// <remarks>
/// Kept are the K·K counts of each image, 8 bytes each; formulas in <see cref="ConfusionMatrix"/>. Metrics of one class are those of
/// <see cref="OverlapMetrics"/>. Of a binary mask the matrix has the four numbers of <see cref="OverlapCounts"/>: pass it with
/// <c>classes: 2</c>, labels 0 and 1. An instance is for one thread at a time; give each worker its own and merge.
/// </remarks>
public sealed class ConfusionMetrics : SegmentationMetrics
{
    private static readonly Scalar None = (-1L).ToScalar();
    private static readonly Scalar One = 1L.ToScalar();

    private readonly List<ConfusionMatrix> _images = [];
    private MetricLayout? _layout;

    /// <summary>Starts with no image.</summary>
    /// <param name="classes">K ≥ 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no class.</exception>
    public ConfusionMetrics(int classes)
        : base(classes)
    {
    }

    /// <inheritdoc/>
    public override int Images => _images.Count;

    /// <summary>The matrix of all images together; 0 without images.</summary>
    public ConfusionMatrix Pooled => _images.Aggregate(new ConfusionMatrix(Layout.Classes, new long[(long)Classes * Classes]), (sum, image) => sum + image);

    private MetricLayout Layout => _layout ??= new(Classes, ClassSelection.All, SegmentationMode.Multiclass, IgnoreIndex, IgnoreIndices);

    /// <summary>Adds a batch of label maps.</summary>
    /// <param name="prediction">[N, *] or [N, 1, *] with labels 0..K−1. Integers or bools, any device.</param>
    /// <param name="target">As for <see cref="OverlapMetrics"/>.</param>
    /// <exception cref="ArgumentException">Shape, dtype or device are wrong, a label is out of range, or there are fewer than two classes; nothing is added.</exception>
    public void Add(Tensor prediction, Tensor target)
    {
        using var scope = NewDisposeScope();
        Add(LabelPair.OfMaps(prediction, target, Layout.Classes, SegmentationMode.Multiclass, Ignored));
    }

    /// <summary>Adds a batch of network outputs, of which the largest channel is the prediction.</summary>
    /// <param name="logits">[N, K, *], one to three spatial axes.</param>
    /// <param name="target">As for <see cref="OverlapMetrics"/>.</param>
    /// <exception cref="ArgumentException">Shape, dtype or device are wrong, a label is out of range, a logit that counts is NaN, or there are fewer than two classes; nothing is added.</exception>
    public void AddLogits(Tensor logits, Tensor target)
    {
        using var scope = NewDisposeScope();
        Add(LabelPair.OfLogits(logits, target, Layout.Classes, SegmentationMode.Multiclass, Ignored));
    }

    /// <summary>Appends the images of another accumulator with the same settings, as if they had been added here.</summary>
    /// <param name="other">Left as it is.</param>
    /// <exception cref="ArgumentException">The settings differ, or it is this accumulator itself.</exception>
    public void Merge(ConfusionMetrics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Layout.EnsureSame(other.Layout);
        _images.AddRange(ReferenceEquals(other, this) ? throw new ArgumentException("merging metrics with themselves would count every image twice.", nameof(other)) : other._images);
    }

    /// <inheritdoc/>
    public override void Reset() => _images.Clear();

    /// <summary>The matrix of one image.</summary>
    /// <param name="image">In the order of adding, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    public ConfusionMatrix Image(int image) => image >= 0 && image < _images.Count
        ? _images[image]
        : throw new ArgumentOutOfRangeException(nameof(image), image, $"there are {_images.Count} images, numbered from 0.");

    /// <summary>The mean over images. Images without a valid pixel, and those where the formula is 0/0, are left out.</summary>
    /// <param name="metric">Which metric.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such metric.</exception>
    public MetricSummary Mean(ConfusionMetric metric) =>
        MetricSummary.Over(Values(SettingCheck.Defined(metric, nameof(metric))), $"{metric}", MetricKind.Score, EmptyPolicies.SkipUndefined);

    /// <summary>Writes settings and counts as JSON.</summary>
    /// <param name="path">A file, replaced as a whole if it is there.</param>
    public void Save(string path) => MetricFile<long[]>.Of(
        nameof(ConfusionMetrics), Layout, null, [.. _images.Select(image => Enumerable.Range(0, Classes).Select(image.Row).ToArray())]).Save(path);

    /// <summary>Reads what <see cref="Save"/> wrote; more images can be added and merged.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Metrics with the saved settings and images.</returns>
    /// <exception cref="InvalidDataException">The file holds something else, or counts that cannot be.</exception>
    public static ConfusionMetrics Load(string path)
    {
        var saved = MetricFile<long[]>.Load(path, nameof(ConfusionMetrics), Flaw);
        var metrics = new ConfusionMetrics(saved.Classes) { IgnoreIndex = saved.IgnoreIndex, IgnoreIndices = saved.IgnoreIndices ?? [] };
        metrics._images.AddRange(saved.Images.Select(rows => new ConfusionMatrix(saved.Classes, [.. rows.SelectMany(row => row)])));
        return metrics;
    }

    /// <summary>Name, settings and the number of images, for logs.</summary>
    public override string ToString() => $"{nameof(ConfusionMetrics)} {{ {MetricLayout.Text(() => Layout)} }}, {Images} images";

    internal override IEnumerable<MetricColumn> Columns() =>
        Enum.GetValues<ConfusionMetric>().Select(metric => new MetricColumn($"Overall{metric}", "1", MetricKind.Score, null, [.. Values(metric)]));

    private static string? Flaw(MetricFile<long[]> saved)
    {
        if (saved.Mode != SegmentationMode.Multiclass || saved.Evaluated.Length != saved.Classes)
        {
            return "classes are exclusive and all of them are evaluated";
        }

        var rows = saved.Images.SelectMany(image => image).ToArray();
        return rows.Any(row => row?.Length != saved.Classes) ? $"each true class has a count for each of the {saved.Classes} predicted classes"
            : rows.Any(row => row.Any(count => count < 0)) ? "counts of pixels are at least 0"
            : rows.SelectMany(row => row).Aggregate((Int128)0, (sum, count) => sum + count) > long.MaxValue ? $"all images together have more than {long.MaxValue} pixels"
            : null;
    }

    private IEnumerable<StructureValue> Values(ConfusionMetric metric) =>
        _images.Select(image => new StructureValue(image.Value(metric), image.Total == 0 ? EmptyCase.Both : EmptyCase.None));

    private void Add(LabelPair labels)
    {
        if (labels.Images == 0)
        {
            return;
        }

        using var columns = ((long)Classes).ToScalar();
        var cells = labels.Target.mul(columns).add(labels.Prediction, One);
        cells = labels.Ignored is { } ignored ? cells.masked_fill(ignored, None) : cells;
        var size = Classes * Classes;
        var counts = OverlapCounting.ClassSizes(cells, labels.Images, size);
        _images.AddRange(counts.Chunk(size).Select(image => new ConfusionMatrix(Classes, image)));
    }
}
