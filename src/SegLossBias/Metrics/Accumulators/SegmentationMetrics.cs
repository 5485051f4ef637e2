namespace SegLossBias;

/// <summary>What all accumulators of metrics have: they are filled batch by batch, and <see cref="MetricReport"/> prints several of them together.</summary>
public abstract class SegmentationMetrics
{
    private protected SegmentationMetrics(int classes) => Classes = MetricLayout.Positive(classes);

    /// <summary>K: classes in multiclass mode, channels in multilabel mode, 1 in binary mode.</summary>
    public int Classes { get; }

    /// <summary>The target label of pixels that belong to no structure in either mask and are counted nowhere; none by default.</summary>
    public long? IgnoreIndex { get; init; }

    /// <summary>More such labels, beside <see cref="IgnoreIndex"/>; none by default. The losses have the same two settings.</summary>
    public IReadOnlyList<long> IgnoreIndices { get; init => field = [.. SettingCheck.NotNull(value, nameof(IgnoreIndices))]; } = [];

    /// <summary>Images so far.</summary>
    public abstract int Images { get; }

    /// <summary>Forgets all images; the settings stay.</summary>
    public abstract void Reset();

    /// <summary>All labels to leave out.</summary>
    internal long[] Ignored => field ??= IgnoredLabels.Of(IgnoreIndex, IgnoreIndices);

    /// <summary>All that a report prints, metric by metric.</summary>
    internal abstract IEnumerable<MetricColumn> Columns();
}
