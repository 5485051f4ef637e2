namespace SegLossBias;

/// <summary>All that a pass over the pixels reads.</summary>
internal sealed record RegionJob
{
    internal required PixelView Logits { get; init; }

    /// <summary>Hard labels; not read where there are soft ones.</summary>
    internal required PixelView Labels { get; init; }

    /// <summary>
    /// Soft labels y in [0, 1], a channel for each of the logits; null where labels are hard. A pixel of exclusive classes is ignored
    /// where all its channels hold the ignore index, or where the ignore index is a class and that channel holds 1. In channels of
    /// their own an entry is ignored that is the ignore index.
    /// </summary>
    internal PixelView? Soft { get; init; }

    /// <summary>By how much the soft labels of a pixel of exclusive classes may miss 1 in sum.</summary>
    internal double SoftTolerance { get; init; } = SoftLabelTolerance.Usual;

    /// <summary>Weights w ≥ 0 of the pixels; null for 1. The channel stride is 0 where channels share them. A pixel with w = 0 is ignored.</summary>
    internal PixelView? Weights { get; init; }

    /// <summary>Maps φ by their names, a channel for each of the logits.</summary>
    internal IReadOnlyDictionary<string, PixelView> Maps { get; init; } = new Dictionary<string, PixelView>();

    /// <summary>
    /// For each pixel the number of its instance, below <see cref="InstanceCount"/>, or -1: int32, with channels as the labels have them.
    /// Null where there are none, as with soft labels.
    /// </summary>
    internal PixelView? Instances { get; init; }

    /// <summary>B, how many instances an image has at most.</summary>
    internal int InstanceCount { get; init; }

    /// <summary>Whether the labels are hard, nothing is weighted and the statistics are the six basic ones.</summary>
    internal bool IsBasic => Soft is null && Weights is null && Instances is null && Request.IsBasic;

    internal required int Images { get; init; }

    internal required int Channels { get; init; }

    internal required long Pixels { get; init; }

    internal required KernelMode Mode { get; init; }

    internal required long? IgnoreIndex { get; init; }

    internal required RegionRequest Request { get; init; }

    internal required int Threads { get; init; }

    /// <summary>Labels must be below.</summary>
    internal int Classes => Mode == KernelMode.Sigmoid ? 2 : Channels;

    /// <summary>
    /// Numbers of a row: K foregrounds, K backgrounds and B instances. Of an instance there are the overlap, Σ w·p over its pixels
    /// with p of their true class, and the target size, Σ w.
    /// </summary>
    internal int RowLength => checked((2 * Channels) + InstanceCount);

    /// <summary>
    /// Numbers that stand for one image: a row for each statistic, then that of the target sizes. Upstream gradients stand alike;
    /// those of the target sizes are not read.
    /// </summary>
    internal int Results => checked((Request.Statistics.Count + 1) * RowLength);
}
