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
/// predicted mass left. With a <see cref="Prior"/> ŷ is what it says and not the image's own proportion. An image without valid pixels counts 0 with zero gradient.
/// Liu et al., arXiv:2104.08717, Eq. 7 and Prop. 3.
/// </remarks>
public sealed class RegionSizeKl() : RegionSizeTerm("KL", temperature: 10, ClassReduction.Sum)
{
    /// <summary>
    /// The proportions ŷ to aim at, one for each channel, in multiclass mode with the sum 1; null for those of the image itself. For
    /// weak labels: the labels then only say which pixels are valid. Beside a matching term of a few labelled pixels
    /// evaluate it in a loss of its own whose target ignores none.
    /// </summary>
    public ClassWeights? Prior { get; init => field = Proportions.Checked(value); }

    /// <inheritdoc/>
    protected override Formula Penalty(Regions regions, double temperature)
    {
        ArgumentNullException.ThrowIfNull(regions);
        var r = regions.All;
        var (truth, predicted) = (Truth(regions, r, Prior), r.PredictedProportion(temperature, Epsilon));
        var divergence = Formula.XLogY(truth, truth) - Formula.XLogY(truth, predicted);

        // A multilabel channel can be ignored altogether while its image is not.
        return Prior is null ? divergence : divergence.Where(r.ValidSize);
    }
}
