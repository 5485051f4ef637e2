namespace SegLossBias;

/// <summary>Penalises the gap between predicted and true region sizes, in L1.</summary>
/// <remarks>
/// For image n and class k, with the true size T, the predicted size Q = Σ_V p_i from the logits multiplied by τ, and the
/// valid pixels |V|:
/// <code>
/// mean_n (Σ_k |p̂ − ŷ|) / K, p̂ = (Q + ε) / (|V| + ε), ŷ = (T + ε) / (|V| + ε)      0 ≤ L ≤ 1
/// </code>
/// The paper sums over the classes instead of dividing by K (<see cref="ClassReduction.Sum"/>). In binary mode the
/// foreground alone counts, half of the two-class sum. The gradient's size does not depend on how small the region is.
/// With a <see cref="Prior"/> ŷ is what it says and not the image's own proportion.
/// An image without valid pixels counts 0 with zero gradient. Liu et al., arXiv:2104.08717, Eq. 7 and App. C.
/// </remarks>
public sealed class RegionSizeL1() : RegionSizeTerm("L1", temperature: 10, ClassReduction.Mean)
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
        var r = regions.Foreground;
        var gap = Formula.Abs(r.PredictedProportion(temperature, Epsilon) - Truth(regions, r, Prior));

        // A multilabel channel can be ignored altogether while its image is not.
        return Prior is null ? gap : gap.Where(r.ValidSize);
    }
}
