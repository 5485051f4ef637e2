using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>f of a statistic Σ w·m·f(p) as tensor operations, and its derivative, both from log p, which keeps the digits of a small p.</summary>
internal static class PixelFunction
{
    /// <summary>−log p of less than this is taken as 0, where powers below 2 have an infinite derivative. Just above the smallest normal float32.</summary>
    private static readonly Scalar Smallest = 1.2e-38.ToScalar();

    /// <summary>f(p), differentiable; finite derivatives wherever log p is finite.</summary>
    /// <param name="statistic">Which; not the difference to the target, which needs the target, and not a one-vs-rest focal sum.</param>
    /// <param name="logProbability">log p.</param>
    /// <param name="classes">K, for the smoothing of a focal sum.</param>
    internal static Tensor Value(RegionStatistic statistic, Tensor logProbability, long classes) => statistic.Kind switch
    {
        StatisticKind.PredictedPower or StatisticKind.OverlapPower => logProbability.Times(statistic.Parameter).exp(),
        StatisticKind.NegativeLogLikelihood or StatisticKind.NegativeLogEverywhere => logProbability.neg(),
        StatisticKind.NegativeLogPower => Power(logProbability.neg(), statistic.Parameter),
        StatisticKind.SoftmaxFocal => FocalTerm.FromSoftmax(logProbability, statistic, classes),
        _ => logProbability.exp(),
    };

    /// <summary>x^γ for x ≥ 0, exactly 0 with zero gradient at 0.</summary>
    private static Tensor Power(Tensor x, double gamma)
    {
        if (gamma == 1)
        {
            return x;
        }

        var isZero = gamma < 2 ? x.le(Smallest) : null;
        return x.OneWhere(isZero).Power(gamma).ZeroWhere(isZero);
    }
}
