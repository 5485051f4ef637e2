namespace SegLossBias;

/// <summary>Symmetric cross-entropy (SCE): cross-entropy plus its reverse, for labels that may be wrong.</summary>
/// <remarks>
/// With C the negative log-likelihood, I the overlap and T the size of region k in image n, in nats and pixels:
/// <code>
/// (Σ_n Σ_k (α·C − β·A·(T − I))) / (Σ_n Σ_k T)      L ≥ 0
/// </code>
/// The reverse cross-entropy of a pixel is −Σ_k p_k·log y_k. Its label y is one-hot and log 0 is set to A &lt; 0, so that it is
/// −A·(1 − p) with p the probability of the label. It is bounded by −A: a pixel that the network is sure is labelled wrongly
/// pulls less than under cross-entropy alone. Soft labels are read as the chance of each label: the value is the mean over
/// those labels, −A·Σ y·(1 − p), and not the formula with log y. With class weights all sums are multiplied by w. In binary
/// and multilabel mode both sides of each channel count. A batch without valid pixels gives 0.
/// Wang et al., arXiv:1908.06112, Sec. 3; their code clips y at 1e-4, which is A = log 1e-4 = −9.21, and p at 1e-7.
/// </remarks>
public sealed class SymmetricCrossEntropy() : RegionTerm("SCE")
{
    /// <summary>α ≥ 0, the weight of the cross-entropy; the authors have 0.1 for 10 classes and 6 for 100.</summary>
    public double Alpha { get; init => field = SettingCheck.NotNegative(value, "α, the weight of the cross-entropy,"); } = 0.1;

    /// <summary>β ≥ 0, the weight of the reverse cross-entropy; the authors have 1 for 10 classes and 0.1 for 100.</summary>
    public double Beta { get; init => field = SettingCheck.NotNegative(value, "β, the weight of the reverse cross-entropy,"); } = 1;

    /// <summary>A &lt; 0, what stands for log 0; −4 by default, log 1e-4 in the code of the authors.</summary>
    public double LogZero
    {
        get;
        init => field = value < 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(LogZero), value, "A stands for log 0 and must be finite and below 0; −4 is usual.");
    } = -4;

    /// <summary>w ≥ 0, one for each class; null for 1.</summary>
    public ClassWeights? Weight { get; init; }

    /// <summary>The classes whose pixels count, in multilabel mode the channels that do. p still is the softmax over all.</summary>
    public ClassSelection Classes { get; init => field = SettingCheck.NotNull(value); } = ClassSelection.All;

    /// <inheritdoc/>
    protected override LossFormula Define(Regions regions)
    {
        var r = regions.All.Only(Classes);
        var (alpha, beta, a) = (Formula.Constant(Alpha, "α"), Formula.Constant(Beta, "β"), Formula.Constant(LogZero, "A"));
        return r.MeanOverPixels((alpha * r.NegativeLogLikelihood) - (beta * a * (r.TargetSize - r.Overlap)), Weight);
    }
}
