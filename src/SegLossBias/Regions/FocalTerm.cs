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
    private static readonly Scalar Smallest = 1.2e-38.ToScalar();

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
        using var logProbability = nn.functional.logsigmoid(truthLogit);
        if (gamma is > 0 and < 1)
        {
            // (1−p)^γ = exp(γ log σ(−t)). The second derivative of the power itself, γ(γ−1)(1−p)^(γ−2), overflows in float32
            // long before 1 − p reaches 0.
            using var logOneMinusP = nn.functional.logsigmoid(opposite);
            using var exponent = logOneMinusP.Times(gamma);
            return Product(exponent.exp(), logProbability);
        }

        using var oneMinusP = opposite.sigmoid();
        return Product(Power(oneMinusP, gamma), logProbability);
    }

    private static Tensor Power(Tensor oneMinusP, double gamma)
    {
        // With γ ≥ 2 the term is smooth enough at 0 to go without a clamp and its memory.
        using var clamped = gamma >= 2 ? oneMinusP.alias() : oneMinusP.clamp_min(Smallest);
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
