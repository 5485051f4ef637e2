namespace SegLossBias;

/// <summary>The hard labels of a few consecutive pixels that weigh: where a pixel weighs nothing, any label may stand.</summary>
internal static unsafe class HardLabels<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>Reads the labels; a pixel without a class gets the weight 0.</summary>
    /// <returns>False when a pixel that weighs something has a label that is neither a class nor the ignore index.</returns>
    internal static bool Read(RegionJob job, int image, int channel, long pixel, int count, int padded, in Tile<TLanes, T> tile, T* weight)
    {
        var isGood = LabelTile<TLanes, T>.Read(job, image, channel, pixel, count, padded, tile, out var isValid);
        for (var i = 0; i < count && !isGood && job.Weights is not null; i++)
        {
            if (tile.Index[i] == LabelTile<TLanes, T>.Ignored && RowMath<TLanes, T>.Value(weight[i]) != 0 && Number(job.Labels, image, channel, pixel + i) != job.IgnoreIndex)
            {
                return Drop(tile.Label, padded, weight, isGood: false);
            }
        }

        return isValid || Drop(tile.Label, padded, weight, isGood || job.Weights is not null);
    }

    private static bool Drop(T* label, int padded, T* weight, bool isGood)
    {
        for (var i = 0; i < padded; i += TLanes.Count)
        {
            TLanes.Store(weight + i, TLanes.ZeroWhereLess(TLanes.Load(label + i), default, TLanes.Load(weight + i)));
        }

        return isGood;
    }

    private static long Number(in PixelView labels, int image, int channel, long pixel) => labels.Type switch
    {
        ElementType.Int64 => *labels.At<long>(image, channel, pixel),
        ElementType.Int32 => *labels.At<int>(image, channel, pixel),
        ElementType.Int16 => *labels.At<short>(image, channel, pixel),
        ElementType.Int8 => *labels.At<sbyte>(image, channel, pixel),
        ElementType.Bool => *labels.At<byte>(image, channel, pixel) == 0 ? 0 : 1,
        _ => *labels.At<byte>(image, channel, pixel),
    };
}
