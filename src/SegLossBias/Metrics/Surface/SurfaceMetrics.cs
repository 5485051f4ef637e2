using System.Collections.ObjectModel;
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
public sealed class SurfaceMetrics : ClassMetrics<SurfaceScores, SurfaceMetric>
{
    /// <summary>Starts with no image.</summary>
    /// <param name="classes">K: classes in multiclass mode, channels in multilabel mode, 1 in binary mode.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no class.</exception>
    public SurfaceMetrics(int classes)
        : base(classes)
    {
    }

    /// <summary>Tolerance of the NSD in mm, finite and at least 0: set one for all classes or one for each of the K classes; reads as one for each.</summary>
    /// <exception cref="ArgumentException">There are neither 1 nor K of them, or one is negative or not finite.</exception>
    public required IReadOnlyList<double> ToleranceMm
    {
        get;
        init => field = Tolerances(Classes, value);
    }

    /// <summary>Adds a batch of label maps.</summary>
    /// <param name="prediction">[N, *] or [N, 1, *] with labels 0..K−1 (binary: 0 and 1); multilabel [N, K, *] with 0 and 1. Integers or bools, any device.</param>
    /// <param name="target">On the same device, as the losses take it beside logits of that size: class indices [N, *] or [N, 1, *], or one-hot [N, K, *]; multilabel [N, K, *]. Where labels are 0 and 1 they may be floats. May hold the ignore index, under which the prediction may be anything.</param>
    /// <param name="spacingMm">Distance between neighbouring pixels along each of the 2 or 3 spatial axes, in mm.</param>
    /// <exception cref="ArgumentException">
    /// Shape, dtype, device or spacing are wrong, a label is out of range, prediction and target may be one-hot as well as
    /// label maps, or the settings contradict each other; nothing is added.
    /// </exception>
    public void Add(Tensor prediction, Tensor target, params double[] spacingMm)
    {
        ArgumentNullException.ThrowIfNull(spacingMm);
        using var scope = NewDisposeScope();
        Add(LabelPair.OfMaps(prediction, target, Layout.Classes, Mode, Ignored), spacingMm);
    }

    /// <summary>Adds a batch of network outputs: the largest channel (multiclass), or each channel above 0, that is sigmoid above 0.5.</summary>
    /// <param name="logits">[N, K, *], two or three spatial axes, before softmax or sigmoid.</param>
    /// <param name="target">As for the losses: class indices [N, *] or [N, 1, *], or one-hot [N, K, *]; multilabel [N, K, *]. Where labels are 0 and 1 they may be floats.</param>
    /// <param name="spacingMm">Distance between neighbouring pixels along each spatial axis, in mm.</param>
    /// <exception cref="ArgumentException">Shape, dtype, device or spacing are wrong, a label is out of range, a logit that counts is NaN or the settings contradict each other; nothing is added.</exception>
    public void AddLogits(Tensor logits, Tensor target, params double[] spacingMm)
    {
        ArgumentNullException.ThrowIfNull(spacingMm);
        using var scope = NewDisposeScope();
        Add(LabelPair.OfLogits(logits, target, Layout.Classes, Mode, Ignored), spacingMm);
    }

    /// <summary>Appends the images of another accumulator with the same settings, as if they had been added here.</summary>
    /// <param name="other">Left as it is.</param>
    /// <exception cref="ArgumentException">The settings differ, or it is this accumulator itself.</exception>
    public void Merge(SurfaceMetrics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Layout.EnsureSame(other.Layout);
        if (!ToleranceMm.SequenceEqual(other.ToleranceMm))
        {
            throw new ArgumentException($"only results of the same tolerances can be merged, but these are {Shapes.Text(ToleranceMm)} mm and the others {Shapes.Text(other.ToleranceMm)} mm.", nameof(other));
        }

        Append(other);
    }

    /// <summary>Writes settings and scores as JSON.</summary>
    /// <param name="path">A file, replaced as a whole if it is there.</param>
    public void Save(string path) => SurfaceFile.Save(path, Layout, ToleranceMm, Rows);

    /// <summary>Reads what <see cref="Save"/> wrote; more images can be added and merged.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Metrics with the saved settings and images.</returns>
    /// <exception cref="InvalidDataException">The file holds something else, or scores that contradict each other.</exception>
    public static SurfaceMetrics Load(string path)
    {
        var saved = SurfaceFile.Load(path);
        var metrics = new SurfaceMetrics(saved.Classes) { ToleranceMm = saved.ToleranceMm!, Mode = saved.Mode, Selection = saved.Selection, IgnoreIndex = saved.IgnoreIndex, IgnoreIndices = saved.IgnoreIndices ?? [] };
        metrics.Append(saved.Images);
        return metrics;
    }

    /// <summary>Name, settings and the number of images, for logs.</summary>
    /// <returns>For example <c>SurfaceMetrics { Classes = 2, Mode = Multiclass, Evaluated = [1], IgnoreIndex = none, ToleranceMm = [1, 1] }, 12 images</c>.</returns>
    public override string ToString() => $"{nameof(SurfaceMetrics)} {{ {MetricLayout.Text(() => Layout)}, ToleranceMm = {Shapes.Text(ToleranceMm)} }}, {Images} images";

    private protected override StructureValue ValueOf(SurfaceScores scores, SurfaceMetric metric) => new(scores.Value(metric), scores.Empty, scores.DiagonalMm);

    private protected override EmptyCase EmptyOf(SurfaceScores scores) => scores.Empty;

    private protected override MetricKind KindOf(SurfaceMetric metric) =>
        metric == SurfaceMetric.NormalizedSurfaceDistance ? MetricKind.Score : MetricKind.Distance;

    private static ReadOnlyCollection<double> Tolerances(int classes, IReadOnlyList<double> toleranceMm)
    {
        ArgumentNullException.ThrowIfNull(toleranceMm, nameof(ToleranceMm));
        if (toleranceMm.Count != 1 && toleranceMm.Count != classes)
        {
            throw new ArgumentException($"ToleranceMm needs 1 value or one for each of the {classes} classes, but it has {toleranceMm.Count}; pass [1] for 1 mm everywhere.", nameof(ToleranceMm));
        }

        foreach (var tolerance in toleranceMm)
        {
            ToleranceCheck.Run(tolerance);
        }

        return Array.AsReadOnly([.. Enumerable.Range(0, classes).Select(@class => toleranceMm[toleranceMm.Count == 1 ? 0 : @class])]);
    }

    private void Add(LabelPair labels, double[] spacingMm)
    {
        var shape = StructureMasks.Space(labels, spacingMm.Length);
        MaskCheck.Geometry(shape, spacingMm);
        SurfaceScores Scores(int image, int @class) => SurfaceDistances
            .Compute(StructureMasks.Predicted(labels, image, @class), StructureMasks.True(labels, image, @class), shape, spacingMm)
            .Scores(ToleranceMm[@class]);
        Append([.. Enumerable.Range(0, labels.Images).Select(image => Evaluated.Select(@class => Scores(image, @class)).ToArray())]);
    }
}
