using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>(1−p)^γ · −log p in a pixel, from what keeps 1−p exact near p = 1.</summary>
internal static class FocalTerm
{
    // (1−p)^γ has an infinite derivative at p = 1 for γ < 1, and 0 · ∞ is NaN. The true derivative of the whole term
    // there is 0, which is what a clamp gives. The constant is a normal number in float32.
    private static readonly Scalar Smallest = 1.2e-38.ToScalar();

    /// <param name="logProbability">log p of the true class.</param>
    /// <param name="statistic">γ, and the smoothing s: p becomes (1−s)·p + s/(K−1)·(1−p) + s.</param>
    /// <param name="classes">K.</param>
    internal static Tensor FromSoftmax(Tensor logProbability, RegionStatistic statistic, long classes)
    {
        var rest = logProbability.expm1().neg(); // 1 − p
        if (statistic.Smoothing > 0)
        {
            // 1 − p' = (1 − s − s/(K−1)) · (1−p), exactly, since p' = 1 at p = 1.
            rest = rest.Times(1 - statistic.Smoothing - (statistic.Smoothing / (classes - 1)));
            logProbability = rest.neg().log1p();
        }

        return Weigh(rest, logProbability, statistic.Parameter);
    }

    internal static Tensor FromSigmoid(Tensor ownLogit, double gamma)
    {
        using var opposite = ownLogit.neg();
        using var rest = opposite.sigmoid();
        using var logProbability = nn.functional.logsigmoid(ownLogit);
        return Weigh(rest, logProbability, gamma);
    }

    private static Tensor Weigh(Tensor rest, Tensor logProbability, double gamma)
    {
        // With γ ≥ 2 the term is smooth enough at 0 to go without a clamp and its memory.
        using var clamped = gamma >= 2 ? rest.alias() : rest.clamp_min(Smallest);
        using var weight = clamped.Power(gamma);
        using var product = weight.mul(logProbability);
        return product.neg();
    }
}
