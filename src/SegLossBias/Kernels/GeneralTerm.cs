namespace SegLossBias;

/// <summary>A statistic that is gathered a row of pixels at a time.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Place">Its place in the request.</param>
/// <param name="Shape">Its parameters.</param>
/// <param name="Map">Its map; null where it has none.</param>
/// <param name="TrueClass">Of a row of the confusion matrix; else 0.</param>
internal readonly record struct GeneralTerm(StatisticKind Kind, int Place, PixelShape Shape, PixelView? Map, int TrueClass)
{
    /// <summary>Whether it has a gradient.</summary>
    internal bool HasGradient => Kind != StatisticKind.TargetSquare;
}
