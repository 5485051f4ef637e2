namespace SegLossBias;

/// <summary>Penalises the gap between predicted and true region sizes, in Kullback–Leibler divergence.</summary>
/// <remarks>
/// For image n and region k, with the true size T, the predicted size Q = Σ_V p_i from the logits multiplied by τ, and the
/// valid pixels |V|:
/// <code>
/// mean_n Σ_k (ŷ·log(ŷ) − ŷ·log(p̂)), ŷ = (T + ε) / (|V| + ε), p̂ = (Q + ε) / (|V| + ε)      L ≥ 0, 0 at p̂ = ŷ
/// </code>
/// 0·log 0 is 0. In binary and multilabel mode each channel has two regions, foreground and background, and L sums both
/// (the reference lacks the background in multilabel mode and is NaN for a full image). Its gradient grows as a true
/// region vanishes from the prediction. With ε = 0, the paper's formula, it is infinite where a true region has no
/// predicted mass left. An image without valid pixels counts 0 with zero gradient.
/// Liu et al., arXiv:2104.08717, Eq. 7 and Prop. 3.
/// </remarks>
public sealed class RegionSizeKl() : RegionSizeTerm("KL", temperature: 10, ClassReduction.Sum)
{
    /// <inheritdoc/>
    protected override Formula Penalty(Regions regions, double temperature)
    {
        ArgumentNullException.ThrowIfNull(regions);
        var r = regions.All;
        var (truth, predicted) = (r.TargetProportion(Epsilon), r.PredictedProportion(temperature, Epsilon));
        return Formula.XLogY(truth, truth) - Formula.XLogY(truth, predicted);
    }
}
