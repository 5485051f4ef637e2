namespace SegLossBias;

/// <summary>
/// Where a formula finds a statistic in the rows of the primitive: an image has K foregrounds, columns 0..K-1, K
/// backgrounds, columns K..2K-1, and its instances from column 2K on.
/// </summary>
/// <param name="Statistic">The statistic; null for a size of the target.</param>
/// <param name="Size">Which size, where there is no statistic.</param>
/// <param name="Columns">The regions.</param>
/// <param name="Mode">How the logits are read for which the columns were chosen.</param>
/// <param name="Channels">K of these logits.</param>
internal sealed record StatisticSource(RegionStatistic? Statistic, TargetSizeKind Size, int[] Columns, SegmentationMode Mode, int Channels)
{
    /// <summary>Whether both stand for the same numbers.</summary>
    internal bool IsSameAs(StatisticSource other) => Statistic == other.Statistic && Size == other.Size && Columns.AsSpan().SequenceEqual(other.Columns);

    /// <summary>What is read, such as <c>PredictedSize(3) of the backgrounds</c>.</summary>
    public override string ToString()
    {
        var what = Statistic?.ToString() ?? $"{Size} size";
        if (Columns[0] >= 2 * Channels)
        {
            return what + " of the instances";
        }

        var (hasForegrounds, hasBackgrounds) = (Columns.Any(column => column < Channels), Columns.Any(column => column >= Channels));
        return what + (hasForegrounds == hasBackgrounds ? " of both sides" : hasBackgrounds ? " of the backgrounds" : "");
    }
}

/// <summary>The sizes that the target alone decides.</summary>
internal enum TargetSizeKind
{
    /// <summary>T, the pixels of a region.</summary>
    Region,

    /// <summary>|V|, the pixels that are not ignored: of the image, in multilabel mode of the channel.</summary>
    Valid,

    /// <summary>The same of a whole image: in multilabel mode added up over its channels.</summary>
    ValidOfImage,
}
