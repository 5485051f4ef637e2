using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Volumes of predicted and true structures of a data set, and their differences.</summary>
/// <remarks>
/// For image n and class k, P and T the pixels of prediction and target that are not ignored, v = Π_a s_a the volume of a pixel in
/// mm³ (2D: its area in mm², 1D: its length in mm):
/// <code>
/// V_P = v·P,  V_T = v·T
/// difference = V_P − V_T,  absolute = |V_P − V_T| ≥ 0,  relative = |V_P − V_T| / V_T ≥ 0
/// </code>
/// The differences are finite for empty masks, but for the relative one: ∞ where the target alone is empty, NaN where both are.
/// The signed relative difference is <see cref="OverlapMetric.SizeError"/>. Taha and Hanbury, BMC Medical Imaging 15:29 (2015).
/// </remarks>
public sealed class VolumeMetrics : ClassMetrics<VolumeScores, VolumeMetric>
{
    /// <summary>Starts with no image.</summary>
    /// <param name="classes">K: classes in multiclass mode, channels in multilabel mode, 1 in binary mode.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no class.</exception>
    public VolumeMetrics(int classes)
        : base(classes)
    {
    }

    private protected override string Prefix => "Volume";

    /// <summary>Adds a batch of label maps.</summary>
    /// <param name="prediction">As for <see cref="OverlapMetrics"/>.</param>
    /// <param name="target">As for <see cref="OverlapMetrics"/>.</param>
    /// <param name="spacingMm">Distance between neighbouring pixels along each spatial axis, in mm.</param>
    /// <exception cref="ArgumentException">Shape, dtype, device or spacing are wrong, a label is out of range, or the settings contradict each other; nothing is added.</exception>
    public void Add(Tensor prediction, Tensor target, params double[] spacingMm)
    {
        ArgumentNullException.ThrowIfNull(spacingMm);
        using var scope = NewDisposeScope();
        Add(LabelPair.OfMaps(prediction, target, Layout.Classes, Mode, Ignored), spacingMm);
    }

    /// <summary>Adds a batch of network outputs: the largest channel (multiclass), or each channel above 0.</summary>
    /// <param name="logits">[N, K, *], one to three spatial axes.</param>
    /// <param name="target">As for <see cref="OverlapMetrics"/>.</param>
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
    public void Merge(VolumeMetrics other) => Append(other);

    /// <summary>Writes settings and volumes as JSON.</summary>
    /// <param name="path">A file, replaced as a whole if it is there.</param>
    public void Save(string path) => MetricFile<VolumeScores>.Of(nameof(VolumeMetrics), Layout, null, [.. Rows]).Save(path);

    /// <summary>Reads what <see cref="Save"/> wrote; more images can be added and merged.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Metrics with the saved settings and images.</returns>
    /// <exception cref="InvalidDataException">The file holds something else, or volumes that cannot be.</exception>
    public static VolumeMetrics Load(string path)
    {
        var saved = MetricFile<VolumeScores>.Load(path, nameof(VolumeMetrics), file =>
            file.Images.SelectMany(row => row).All(scores => IsVolume(scores.Target) && IsVolume(scores.Prediction)) ? null : "volumes are finite and at least 0");
        var metrics = new VolumeMetrics(saved.Classes) { Mode = saved.Mode, Selection = saved.Selection, IgnoreIndex = saved.IgnoreIndex, IgnoreIndices = saved.IgnoreIndices ?? [] };
        metrics.Append(saved.Images);
        return metrics;
    }

    /// <summary>Name, settings and the number of images, for logs.</summary>
    public override string ToString() => $"{nameof(VolumeMetrics)} {{ {MetricLayout.Text(() => Layout)} }}, {Images} images";

    private protected override StructureValue ValueOf(VolumeScores scores, VolumeMetric metric) => new(scores.Value(metric), scores.Empty);

    private protected override EmptyCase EmptyOf(VolumeScores scores) => scores.Empty;

    private protected override MetricKind KindOf(VolumeMetric metric) => MetricKind.Error;

    private protected override string UnitOf(VolumeMetric metric) => metric == VolumeMetric.RelativeAbsoluteDifference ? "1" : "mm^d";

    private static bool IsVolume(double value) => value >= 0 && double.IsFinite(value);

    private void Add(LabelPair labels, double[] spacingMm)
    {
        MaskCheck.Spacing(spacingMm, StructureMasks.Space(labels, spacingMm.Length).Length);
        var pixel = spacingMm.Aggregate(1.0, (product, spacing) => product * spacing);
        Append(OverlapCounting.Of(labels, Layout).Select(image => image.Select(counts => new VolumeScores(pixel * counts.TargetSize, pixel * counts.PredictedSize)).ToArray()));
    }
}
