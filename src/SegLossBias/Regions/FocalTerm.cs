using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// The focal term of a pixel, (1−p)^γ · −log p with p the probability of the truth. It starts from what keeps the digits of
/// 1 − p near p = 1, and its first and second derivatives are finite for any finite logit.
/// </summary>
internal static class FocalTerm
{
    /// <summary>
    /// 1 − p is at least this. For γ &lt; 1 its power has an infinite derivative at 0, and 0 · ∞ is NaN; the derivative of the
    /// whole term there is 0, which is what a clamp gives. The number is just above the smallest normal float32.
    /// </summary>
    private const double Smallest = 1.2e-38;

    /// <summary>The term where p is a softmax.</summary>
    /// <param name="logProbability">log p of the true class, in the dtype of the statistics.</param>
    /// <param name="statistic">γ, and the smoothing s: p becomes (1−s)·p + s/(K−1)·(1−p) + s.</param>
    /// <param name="classes">K.</param>
    internal static Tensor FromSoftmax(Tensor logProbability, RegionStatistic statistic, long classes)
    {
        var oneMinusP = logProbability.expm1().neg();
        if (statistic.Smoothing > 0)
        {
            // 1 − p' = (1 − s − s/(K−1)) · (1−p), exactly, since p' = 1 at p = 1.
            oneMinusP = oneMinusP.Times(1 - statistic.Smoothing - (statistic.Smoothing / (classes - 1)));
            logProbability = oneMinusP.neg().log1p();
        }

        return Product(Power(oneMinusP, statistic.Parameter), logProbability);
    }

    /// <summary>The term where p = σ(t).</summary>
    /// <param name="truthLogit">t: the logit in the foreground, its negative in the background.</param>
    /// <param name="gamma">γ.</param>
    internal static Tensor FromSigmoid(Tensor truthLogit, double gamma)
    {
        using var opposite = truthLogit.neg();
        using var logProbability = truthLogit.LogSigmoid();
        if (gamma is > 0 and < 1)
        {
            // (1−p)^γ = exp(γ log σ(−t)). The second derivative of the power itself, γ(γ−1)(1−p)^(γ−2), overflows in float32
            // long before 1 − p reaches 0.
            using var logOneMinusP = opposite.LogSigmoid();
            using var exponent = logOneMinusP.Times(gamma);
            return Product(exponent.exp(), logProbability);
        }

        using var oneMinusP = opposite.sigmoid();
        return Product(Power(oneMinusP, gamma), logProbability);
    }

    /// <summary>The derivative of the softmax term to log p, without a graph: γ r^(γ−1) ρ p log p′ − r^γ ρ p / p′ with r = 1 − p′.</summary>
    /// <param name="logProbability">log p of the true class, in the dtype of the statistics.</param>
    /// <param name="statistic">γ and the smoothing; 1 − p′ = ρ(1−p).</param>
    /// <param name="classes">K.</param>
    internal static Tensor SoftmaxSlope(Tensor logProbability, RegionStatistic statistic, long classes)
    {
        var gamma = statistic.Parameter;
        var shrinkage = statistic.Smoothing > 0 ? 1 - statistic.Smoothing - (statistic.Smoothing / (classes - 1)) : 1;
        using var negative = (-shrinkage).ToScalar();
        using var factor = (gamma * shrinkage).ToScalar();
        using var exponent = gamma.ToScalar();
        using var less = (gamma - 1).ToScalar();
        var rest = logProbability.expm1().mul_(negative);
        var logSmoothed = statistic.Smoothing > 0 ? rest.neg().log1p_() : logProbability;
        var ratio = statistic.Smoothing > 0 ? logProbability.sub(logSmoothed).exp_().mul_(negative).mul_(rest.pow(exponent)) : rest.pow(exponent).neg_();
        if (gamma == 0)
        {
            return ratio;
        }

        var bend = (gamma < 1 ? rest.AtLeast(Smallest) : rest).pow_(less);
        return ratio.addcmul_(bend.mul_(logProbability.exp()), logSmoothed, factor);
    }

    /// <summary>The derivative of the sigmoid term to t, without a graph: (1−p)^γ (γ p log p − (1−p)).</summary>
    /// <param name="t">t.</param>
    /// <param name="oneMinusP">σ(−t); its memory is used.</param>
    /// <param name="gamma">γ.</param>
    internal static Tensor SigmoidSlope(Tensor t, Tensor oneMinusP, double gamma)
    {
        using var exponent = gamma.ToScalar();
        if (gamma == 0)
        {
            return oneMinusP.neg_();
        }

        using var logProbability = t.LogSigmoid();
        using var probability = t.sigmoid();
        var slope = logProbability.mul_(probability).mul_(exponent).sub_(oneMinusP);
        return oneMinusP.pow_(exponent).mul_(slope);
    }

    private static Tensor Power(Tensor oneMinusP, double gamma)
    {
        // With γ ≥ 2 the term is smooth enough at 0 to go without a clamp and its memory.
        using var clamped = gamma >= 2 ? oneMinusP.alias() : oneMinusP.AtLeast(Smallest);
        return clamped.Power(gamma);
    }

    /// <summary>weight · −log p. Disposes the weight.</summary>
    private static Tensor Product(Tensor weight, Tensor logProbability)
    {
        using var given = weight;
        using var product = given.mul(logProbability);
        return product.neg();
    }
}
