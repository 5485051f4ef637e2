using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Surface metrics of a data set in 2D or 3D: add batches as they come, merge shards, read single images or means.</summary>
/// <remarks>
/// Kept are the <see cref="SurfaceScores"/> of each image and evaluated class; formulas in <see cref="SurfaceDistances"/>.
/// <code>
/// mean = average of m(n,k) over the structures (n,k) that count
/// </code>
/// A missed structure cannot vanish from a mean: <see cref="EmptyPolicies"/> say what it counts, and every <see cref="MetricSummary"/>
/// reports how many there were. An ignored pixel is background in both masks; where a structure borders on ignored pixels, that
/// border is surface, in both masks alike. Labels are read as int64, 16 bytes for each pixel of a batch. An instance is for one thread at a time; give each worker its own and merge.
/// Nikolov et al., arXiv:1809.04430.
/// </remarks>
public sealed class SurfaceMetrics
{
    private readonly MetricLayout _layout;
    private readonly double[] _toleranceMm;
    private readonly List<SurfaceScores[]> _images = [];

    /// <summary>Starts with no image.</summary>
    /// <param name="classes">K: classes in multiclass mode, channels in multilabel mode, 1 in binary mode.</param>
    /// <param name="toleranceMm">Tolerance of the NSD in mm: one for all classes, or one for each of the K classes.</param>
    /// <param name="evaluated">The classes to evaluate; null for all, <see cref="ClassSelection.WithoutBackground"/> is usual.</param>
    /// <param name="mode">How labels and logits are read.</param>
    /// <param name="ignoreIndex">The target label of pixels that belong to no structure in either mask.</param>
    /// <exception cref="ArgumentException">The number of classes does not fit the mode, a class that is not there is to be evaluated, or there are neither 1 nor K tolerances ≥ 0.</exception>
    public SurfaceMetrics(
        int classes, IReadOnlyList<double> toleranceMm, ClassSelection? evaluated = null, SegmentationMode mode = SegmentationMode.Multiclass, long? ignoreIndex = null)
        : this(new MetricLayout(classes, evaluated, mode, ignoreIndex), Tolerances(classes, toleranceMm))
    {
    }

    private SurfaceMetrics(MetricLayout layout, double[] toleranceMm) => (_layout, _toleranceMm) = (layout, toleranceMm);

    /// <summary>The evaluated classes; 0, the foreground, in binary mode.</summary>
    public IReadOnlyList<int> Classes => _layout.Selected;

    /// <summary>Images so far.</summary>
    public int Images => _images.Count;

    /// <summary>Adds a batch of label maps.</summary>
    /// <param name="prediction">[N, *] or [N, 1, *] with labels 0..K−1 (binary: 0 and 1); multilabel [N, K, *] with 0 and 1. Integers or bools, any device.</param>
    /// <param name="target">The same shape and device; may hold the ignore index, under which the prediction may be anything.</param>
    /// <param name="spacingMm">Distance between neighbouring pixels along each of the 2 or 3 spatial axes, in mm.</param>
    /// <exception cref="ArgumentException">Shape, dtype, device or spacing are wrong, or a label is out of range; nothing is added.</exception>
    public void Add(Tensor prediction, Tensor target, params double[] spacingMm)
    {
        ArgumentNullException.ThrowIfNull(spacingMm);
        using var scope = NewDisposeScope();
        Add(LabelPair.OfMaps(prediction, target, _layout), spacingMm);
    }

    /// <summary>Adds a batch of network outputs: the largest channel (multiclass), or each channel above 0, that is sigmoid above 0.5.</summary>
    /// <param name="logits">[N, K, *], two or three spatial axes, before softmax or sigmoid.</param>
    /// <param name="target">As for the losses: class indices [N, *] or [N, 1, *], or one-hot [N, K, *]; multilabel [N, K, *].</param>
    /// <param name="spacingMm">Distance between neighbouring pixels along each spatial axis, in mm.</param>
    /// <exception cref="ArgumentException">Shape, dtype, device or spacing are wrong, a label is out of range or a logit that counts is NaN; nothing is added.</exception>
    public void AddLogits(Tensor logits, Tensor target, params double[] spacingMm)
    {
        ArgumentNullException.ThrowIfNull(spacingMm);
        using var scope = NewDisposeScope();
        Add(LabelPair.OfLogits(logits, target, _layout), spacingMm);
    }

    /// <summary>Appends the images of another accumulator with the same settings, as if they had been added here.</summary>
    /// <param name="other">Left as it is.</param>
    /// <exception cref="ArgumentException">The settings differ, or it is this accumulator itself.</exception>
    public void Merge(SurfaceMetrics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _layout.EnsureSame(other._layout);
        if (!_toleranceMm.AsSpan().SequenceEqual(other._toleranceMm))
        {
            throw new ArgumentException($"only results of the same tolerances can be merged, but these are {Shapes.Text(_toleranceMm)} mm and the others {Shapes.Text(other._toleranceMm)} mm.", nameof(other));
        }

        _images.AddRange(ReferenceEquals(other, this) ? throw new ArgumentException("merging metrics with themselves would count every image twice.", nameof(other)) : other._images);
    }

    /// <summary>The scores of one image.</summary>
    /// <param name="image">In the order of adding, from 0.</param>
    /// <param name="class">An evaluated class.</param>
    /// <exception cref="ArgumentException">There is no such image, or the class is not evaluated.</exception>
    public SurfaceScores Image(int image, int @class) => Row(image)[_layout.Column(@class)];

    /// <summary>The mean over images and classes.</summary>
    /// <param name="metric">Which metric.</param>
    /// <param name="whenEmpty">What structures with an empty mask count.</param>
    public MetricSummary Mean(SurfaceMetric metric, EmptyPolicies whenEmpty) =>
        Summary(_images.SelectMany(image => image), metric, whenEmpty);

    /// <summary>The mean over images of one class.</summary>
    /// <param name="metric">Which metric.</param>
    /// <param name="class">An evaluated class.</param>
    /// <param name="whenEmpty">What images with an empty mask count.</param>
    /// <exception cref="ArgumentException">The class is not evaluated.</exception>
    public MetricSummary MeanOfClass(SurfaceMetric metric, int @class, EmptyPolicies whenEmpty)
    {
        var column = _layout.Column(@class);
        return Summary(_images.Select(image => image[column]), metric, whenEmpty);
    }

    /// <summary>The mean over classes of one image.</summary>
    /// <param name="metric">Which metric.</param>
    /// <param name="image">In the order of adding, from 0.</param>
    /// <param name="whenEmpty">What classes with an empty mask count.</param>
    /// <exception cref="ArgumentException">There is no such image.</exception>
    public MetricSummary MeanOfImage(SurfaceMetric metric, int image, EmptyPolicies whenEmpty) => Summary(Row(image), metric, whenEmpty);

    /// <summary>Writes settings and scores as JSON.</summary>
    /// <param name="path">A file, replaced as a whole if it is there.</param>
    public void Save(string path) => MetricFile<SurfaceScores>.Of(nameof(SurfaceMetrics), _layout, _toleranceMm, [.. _images]).Save(path);

    /// <summary>Reads what <see cref="Save"/> wrote; more images can be added and merged.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Metrics with the saved settings and images.</returns>
    /// <exception cref="InvalidDataException">The file holds something else.</exception>
    public static SurfaceMetrics Load(string path)
    {
        var file = MetricFile<SurfaceScores>.Load(path, nameof(SurfaceMetrics), saved =>
            saved.ToleranceMm?.Length == saved.Classes && saved.ToleranceMm.All(MaskCheck.IsTolerance) && saved.Images.All(row => row.All(cell => Enum.IsDefined(cell.Empty))));
        var metrics = new SurfaceMetrics(file.Layout, file.ToleranceMm!);
        metrics._images.AddRange(file.Images);
        return metrics;
    }

    private static MetricSummary Summary(IEnumerable<SurfaceScores> structures, SurfaceMetric metric, EmptyPolicies whenEmpty) =>
        MetricSummary.Over(structures.Select(scores => (scores.Value(metric), scores.Empty)), whenEmpty);

    private static double[] Tolerances(int classes, IReadOnlyList<double> toleranceMm)
    {
        ArgumentNullException.ThrowIfNull(toleranceMm);
        if (toleranceMm.Count != 1 && toleranceMm.Count != classes)
        {
            throw new ArgumentException($"toleranceMm needs 1 value or one for each of the {classes} classes, but it has {toleranceMm.Count}.", nameof(toleranceMm));
        }

        foreach (var tolerance in toleranceMm)
        {
            MaskCheck.Tolerance(tolerance);
        }

        return [.. Enumerable.Range(0, classes).Select(@class => toleranceMm[toleranceMm.Count == 1 ? 0 : @class])];
    }

    private void Add(LabelPair labels, double[] spacingMm)
    {
        var shape = labels.Space(spacingMm.Length);
        MaskCheck.Geometry(shape, spacingMm);
        _images.AddRange([.. Enumerable.Range(0, labels.Images).Select(image => _layout.Selected.Select(@class =>
            SurfaceDistances.Compute(labels.PredictionMask(image, @class), labels.TargetMask(image, @class), shape, spacingMm).Scores(_toleranceMm[@class])).ToArray())]);
    }

    private SurfaceScores[] Row(int image) => image >= 0 && image < _images.Count
        ? _images[image]
        : throw new ArgumentOutOfRangeException(nameof(image), image, $"there are {_images.Count} images, numbered from 0.");
}
