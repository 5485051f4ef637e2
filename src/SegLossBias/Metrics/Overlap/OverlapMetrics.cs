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
public sealed class OverlapMetrics : CountMetrics<OverlapCounts, OverlapMetric>
{
    /// <summary>Starts with no image.</summary>
    /// <param name="classes">K: classes in multiclass mode, channels in multilabel mode, 1 in binary mode.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no class.</exception>
    public OverlapMetrics(int classes)
        : base(classes)
    {
    }

    /// <summary>Appends the images of another accumulator with the same settings, as if they had been added here.</summary>
    /// <param name="other">Left as it is.</param>
    /// <exception cref="ArgumentException">The settings differ, or it is this accumulator itself.</exception>
    public void Merge(OverlapMetrics other) => Append(other);

    /// <summary>Writes settings and counts as JSON.</summary>
    /// <param name="path">A file, replaced as a whole if it is there.</param>
    public void Save(string path) => OverlapFile.Save(path, Layout, Rows);

    /// <summary>Reads what <see cref="Save"/> wrote; more images can be added and merged.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Metrics with the saved settings and images.</returns>
    /// <exception cref="InvalidDataException">The file holds something else, counts that overflow, or counts that contradict each other.</exception>
    public static OverlapMetrics Load(string path)
    {
        var (saved, images) = OverlapFile.Load(path);
        var metrics = new OverlapMetrics(saved.Classes) { Mode = saved.Mode, Selection = saved.Selection, IgnoreIndex = saved.IgnoreIndex, IgnoreIndices = saved.IgnoreIndices ?? [] };
        metrics.Append(images);
        return metrics;
    }

    /// <summary>Name, settings and the number of images, for logs.</summary>
    /// <returns>For example <c>OverlapMetrics { Classes = 3, Mode = Multiclass, Evaluated = [1, 2], IgnoreIndex = 255 }, 12 images</c>.</returns>
    public override string ToString() => $"{nameof(OverlapMetrics)} {{ {MetricLayout.Text(() => Layout)} }}, {Images} images";

    private protected override OverlapCounts[][] Count(LabelPair labels) => OverlapCounting.Of(labels, Layout);

    private protected override StructureValue ValueOf(OverlapCounts scores, OverlapMetric metric) => new(scores.Value(metric), scores.Empty);

    private protected override EmptyCase EmptyOf(OverlapCounts scores) => scores.Empty;

    private protected override MetricKind KindOf(OverlapMetric metric) => OverlapCounts.KindOf(metric);
}
