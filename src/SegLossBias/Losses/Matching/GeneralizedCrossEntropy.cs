namespace SegLossBias;

/// <summary>Generalised cross-entropy: between cross-entropy and the mean absolute error, for labels that may be wrong.</summary>
/// <remarks>
/// With Iq = Σ w y p^q and the size T of region k in image n:
/// <code>
/// (Σ_n Σ_k (T − Iq) / q) / (Σ_n Σ_k T)      0 ≤ L ≤ 1/q
/// </code>
/// A pixel costs (1 − p^q)/q with p the probability of its class: −log p for q → 0, 1 − p for q = 1. A pixel that the network
/// is sure is labelled wrongly so pulls less than under cross-entropy. With class weights all sums are multiplied by w. In binary and multilabel mode both sides of each channel count.
/// A batch without valid pixels gives 0. Zhang and Sabuncu, arXiv:1805.07836, Eq. 6.
/// </remarks>
public sealed class GeneralizedCrossEntropy() : RegionTerm("GCE")
{
    /// <summary>q in (0, 1]; the paper has 0.7.</summary>
    public double Exponent { get; init => field = SettingCheck.PositiveShare(value, "q", "the paper has 0.7, and for q towards 0 take CrossEntropy"); } = 0.7;

    /// <summary>w ≥ 0, one for each class; null for 1.</summary>
    public ClassWeights? Weight { get; init; }

    /// <summary>The classes whose pixels count, in multilabel mode the channels that do. p still is the softmax over all.</summary>
    public ClassSelection Classes { get; init => field = SettingCheck.NotNull(value); } = ClassSelection.All;

    /// <inheritdoc/>
    protected override LossFormula Define(Regions regions)
    {
        var r = regions.All.Only(Classes);
        return r.MeanOverPixels((r.TargetSize - r.OverlapPower(Exponent)) / Formula.Constant(Exponent, "q"), Weight);
    }
}
