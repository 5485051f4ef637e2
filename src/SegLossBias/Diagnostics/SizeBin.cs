namespace SegLossBias;

/// <summary>How well the size of a region is predicted where it truly is so large; see <see cref="RegionSizeDiagnostics"/>.</summary>
/// <param name="Region">The class, such as <c>1</c>; in binary and multilabel mode also its background.</param>
/// <param name="Above">ŷ of these images is above this; 0 and <paramref name="Most"/> 0 where the region is absent.</param>
/// <param name="Most">ŷ of these images is at most this.</param>
/// <param name="Images">How many images.</param>
/// <param name="TrueProportion">The mean of ŷ, 0 to 1.</param>
/// <param name="PredictedProportion">The mean of p̂, 0 to 1.</param>
/// <param name="AbsoluteError">The mean of |p̂ − ŷ|.</param>
/// <param name="RelativeError">The mean of (p̂ − ŷ)/ŷ: −1 where nothing is predicted. NaN where the region is absent.</param>
/// <param name="AbsoluteRelativeError">The mean of |p̂ − ŷ|/ŷ. NaN where the region is absent.</param>
public sealed record SizeBin(
    string Region, double Above, double Most, long Images, double TrueProportion, double PredictedProportion,
    double AbsoluteError, double RelativeError, double AbsoluteRelativeError)
{
    /// <summary>The mean of p̂ − ŷ: above 0 where the region is predicted too large.</summary>
    public double SignedError => PredictedProportion - TrueProportion;
}
