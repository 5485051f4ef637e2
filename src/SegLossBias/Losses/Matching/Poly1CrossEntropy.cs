namespace SegLossBias;

/// <summary>Poly-1 loss: cross-entropy whose first polynomial term, 1 − p, has a weight of its own.</summary>
/// <remarks>
/// With C the negative log-likelihood, I the overlap and T the size of region k in image n, in nats and pixels:
/// <code>
/// (Σ_n Σ_k (C + ε·(T − I))) / (Σ_n Σ_k T)      L ≥ 0
/// </code>
/// A pixel costs −log p + ε·(1 − p) with p the probability of its class: the series −log p = Σ_j (1 − p)^j / j has 1 + ε in
/// place of 1 before its first term. ε = 0 is <see cref="CrossEntropy"/>; ε above 0 raises the gradient of pixels that are
/// nearly right, ε = −1 drops the term. Soft labels y share both parts between the classes, and 1 − p becomes
/// 1 − Σ y·p. With class weights all sums are multiplied by w. In binary and multilabel mode both sides of each channel
/// count. A batch without valid pixels gives 0. Leng et al., PolyLoss, arXiv:2204.12511, Sec. 4.
/// </remarks>
public sealed class Poly1CrossEntropy() : RegionTerm("Poly1")
{
    /// <summary>ε ≥ −1, dimensionless; the paper tunes it, and its code has 1.</summary>
    public double Epsilon
    {
        get;
        init => field = value >= -1 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(Epsilon), value, "ε is added to the weight 1 of the first term and must be finite and at least −1; the code of the paper has 1.");
    } = 1;

    /// <summary>w ≥ 0, one for each class; null for 1.</summary>
    public ClassWeights? Weight { get; init; }

    /// <summary>The classes whose pixels count, in multilabel mode the channels that do. p still is the softmax over all.</summary>
    public ClassSelection Classes { get; init => field = SettingCheck.NotNull(value); } = ClassSelection.All;

    /// <inheritdoc/>
    protected override LossFormula Define(Regions regions)
    {
        var r = regions.All.Only(Classes);
        return r.MeanOverPixels(r.NegativeLogLikelihood + (Formula.Constant(Epsilon, "ε") * (r.TargetSize - r.Overlap)), Weight);
    }
}
