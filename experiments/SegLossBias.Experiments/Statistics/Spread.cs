using MathNet.Numerics.Statistics;

namespace SegLossBias.Experiments.Statistics;

/// <summary>Several values of one quantity, one per seed.</summary>
/// <param name="Mean">NaN if one of them is.</param>
/// <param name="Deviation">Sample standard deviation; NaN for one value.</param>
internal readonly record struct Spread(double Mean, double Deviation)
{
    public static Spread Of(IEnumerable<double> values)
    {
        var (mean, deviation) = values.MeanStandardDeviation();
        return new(mean, deviation);
    }
}
