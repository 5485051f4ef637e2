namespace SegLossBias;

/// <summary>
/// Where a formula finds a statistic in the rows of the primitive: an image has K foregrounds, columns 0..K-1, and K
/// backgrounds, columns K..2K-1.
/// </summary>
/// <param name="Statistic">The statistic; null for a size of the target.</param>
/// <param name="Size">Which size, where there is no statistic.</param>
/// <param name="Columns">The regions.</param>
internal sealed record StatisticSource(RegionStatistic? Statistic, TargetSizeKind Size, int[] Columns);

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
