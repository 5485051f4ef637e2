namespace SegLossBias.Tests.Losses;

/// <summary>A squared size penalty of the mean over the images.</summary>
internal sealed class SquaredSize() : RegionTerm("SquaredSize")
{
    protected override LossFormula Define(Regions regions)
    {
        var gap = regions.All.PredictedProportion() - regions.All.TargetProportion();
        return (gap * gap).Sum(Axis.Classes) / Halves(regions);
    }

    /// <summary>Channels of their own have two gaps of one size.</summary>
    private static double Halves(Regions regions) => regions.Mode == SegmentationMode.Multiclass ? 1 : 2;
}
