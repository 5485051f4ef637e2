namespace SegLossBias;

/// <summary>All that a pass over the pixels reads.</summary>
internal sealed record RegionJob
{
    internal required PixelView Logits { get; init; }

    internal required PixelView Labels { get; init; }

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
    /// Numbers that stand for one image: for each statistic a row of foregrounds and one of backgrounds, then those of
    /// the target sizes. A row has an entry for each channel. Upstream gradients stand alike, without the sizes.
    /// </summary>
    internal int Results => checked((Request.Statistics.Count + 1) * 2 * Channels);
}
