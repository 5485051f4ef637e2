using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Oracles;

/// <content>Sizes against proportions that somebody gave.</content>
internal static partial class PlainLosses
{
    private const double SizeEpsilon = 1e-10;

    internal static double L1OfPrior(Scene scene, double[] prior, double temperature) =>
        RegionSize(scene, ClassReduction.Mean, region => Math.Abs(region.PredictedProportion(temperature, SizeEpsilon) - prior[region.Class]));

    internal static double KlOfPrior(Scene scene, double[] prior, double temperature)
    {
        double Divergence(PlainRegion region)
        {
            var truth = region.IsBackground ? 1 - prior[region.Class] : prior[region.Class];
            return truth == 0 ? 0 : truth * Math.Log(truth / region.PredictedProportion(temperature, SizeEpsilon));
        }

        return RegionSize(scene, ClassReduction.Sum, region => Divergence(region) + (region.IsSigmoid ? Divergence(region with { IsBackground = true }) : 0));
    }

    /// <summary>Squared hinge, or with a barrier t &gt; 0 the log-barrier extension; without bounds those of the image.</summary>
    internal static double SizeBounds(Scene scene, double[]? lower = null, double[]? upper = null, double tolerance = 0.1, double temperature = 1, double barrier = 0, ClassReduction reduction = ClassReduction.Sum)
    {
        double Barrier(double z) => z <= -1 / (barrier * barrier)
            ? -Math.Log(-z) / barrier
            : (barrier * z) - (Math.Log(1 / (barrier * barrier)) / barrier) + (1 / barrier);

        return RegionSize(scene, reduction, region =>
        {
            var size = region.PredictedProportion(temperature, SizeEpsilon);
            var least = (1 - tolerance) * (lower?[region.Class] ?? region.TargetProportion(SizeEpsilon));
            var most = (1 + tolerance) * (upper?[region.Class] ?? region.TargetProportion(SizeEpsilon));
            return barrier == 0
                ? Math.Pow(size < least ? size - least : size > most ? size - most : 0, 2)
                : ((lower is null ? region.TargetSize > 0 : least > 0) ? Barrier(least - size) : 0) + (most < 1 ? Barrier(size - most) : 0);
        });
    }
}
