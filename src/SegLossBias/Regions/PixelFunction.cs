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

    /// <summary>p f′(p), the derivative to log p, without a graph. Not of sums whose f is −log p: theirs is −1.</summary>
    /// <param name="statistic">As above.</param>
    /// <param name="logProbability">log p.</param>
    /// <param name="classes">K.</param>
    internal static Tensor Slope(RegionStatistic statistic, Tensor logProbability, long classes)
    {
        using var scope = NewDisposeScope();
        using var parameter = statistic.Parameter.ToScalar();
        return (statistic.Kind switch
        {
            StatisticKind.PredictedPower or StatisticKind.OverlapPower => logProbability.mul(parameter).exp_().mul_(parameter),
            StatisticKind.NegativeLogPower => PowerSlope(logProbability, statistic.Parameter),
            StatisticKind.SoftmaxFocal => FocalTerm.SoftmaxSlope(logProbability, statistic, classes),
            _ => logProbability.exp(),
        }).MoveToOuterDisposeScope();
    }

    /// <summary>df/dt at p = σ(t), without a graph: (1−p) times the derivative to log p.</summary>
    /// <param name="statistic">Any; the difference to a hard label is that of 1 − p.</param>
    /// <param name="t">z in the foreground, −z in the background.</param>
    internal static Tensor SigmoidSlope(RegionStatistic statistic, Tensor t)
    {
        using var scope = NewDisposeScope();
        var oneMinusP = t.neg().sigmoid_();
        return (statistic.Kind switch
        {
            StatisticKind.NegativeLogLikelihood or StatisticKind.NegativeLogEverywhere => oneMinusP.neg_(),
            StatisticKind.SoftmaxFocal or StatisticKind.OneVsRestFocal => FocalTerm.SigmoidSlope(t, oneMinusP, statistic.Parameter),
            StatisticKind.Difference => oneMinusP.mul_(t.sigmoid()).neg_(),
            StatisticKind.Overlap => oneMinusP.mul_(t.sigmoid()),
            _ => oneMinusP.mul_(Slope(statistic, t.LogSigmoid(), 1)),
        }).MoveToOuterDisposeScope();
    }

    /// <summary>Whether the sum is over the pixels of a class and not over all.</summary>
    internal static bool IsOfLabels(StatisticKind kind) => kind is
        StatisticKind.Overlap or StatisticKind.OverlapPower or StatisticKind.NegativeLogLikelihood or StatisticKind.NegativeLogPower or StatisticKind.SoftmaxFocal or StatisticKind.OneVsRestFocal;

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

    /// <summary>−γ (−log p)^(γ−1), 0 where that is not finite.</summary>
    private static Tensor PowerSlope(Tensor logProbability, double gamma)
    {
        using var factor = (-gamma).ToScalar();
        using var exponent = (gamma - 1).ToScalar();
        var x = logProbability.neg();
        var isZero = gamma is < 2 and not 1 ? x.le(Smallest) : null;
        var slope = x.pow_(exponent).mul_(factor);
        return isZero is null ? slope : slope.ZeroWhereInPlace(isZero);
    }
}
