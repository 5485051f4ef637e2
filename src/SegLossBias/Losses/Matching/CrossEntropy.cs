namespace SegLossBias;

/// <summary>Cross-entropy (CE), its weighted form (WCE) and the paper's per-region form.</summary>
/// <remarks>
/// With C the negative log-likelihood and T the size of region k in image n, in nats and pixels:
/// <code>
/// (Σ_n Σ_k C) / (Σ_n Σ_k T)      Pixel; L ≥ 0
/// </code>
/// This equals <c>functional.cross_entropy</c>. With class weights C and T are multiplied by w. The other forms take
/// their weights from the target: <see cref="CrossEntropyForm.InverseFrequency"/> has w = 1 / Σ_n T, the mean over the
/// classes in the batch; <see cref="CrossEntropyForm.Region"/> is the mean over the images of Σ_k C / T over the regions
/// present (Table 1). In binary and multilabel mode each channel has two regions, foreground and background, and L is
/// the binary cross-entropy over the valid pixels. <c>Reduction.Sum</c> is Σ w·C. A batch without valid pixels, or whose
/// classes all have weight 0, gives 0. Liu et al., arXiv:2104.08717, Eq. 1 and Table 1.
/// </remarks>
public sealed class CrossEntropy() : RegionTerm("CE")
{
    /// <summary>How the classes share the loss.</summary>
    public CrossEntropyForm Form { get; init => field = SettingCheck.Defined(value); }

    /// <summary>w ≥ 0, one for each class; null for 1. Only for <see cref="CrossEntropyForm.Pixel"/>: the other forms have weights of their own.</summary>
    public ClassWeights? Weight { get; init; }

    /// <summary>CE; WCE where classes are weighted.</summary>
    public override string Name => Weight is not null || Form == CrossEntropyForm.InverseFrequency ? "WCE" : base.Name;

    /// <inheritdoc/>
    protected override LossFormula Define(Regions regions)
    {
        if (Weight is not null && Form != CrossEntropyForm.Pixel)
        {
            throw new InvalidOperationException($"CrossEntropyForm.{Form} takes its weights from the sizes of the regions, but Weight is {Weight}; leave one of them out.");
        }

        var r = regions.All;
        if (Form == CrossEntropyForm.Region)
        {
            return (r.NegativeLogLikelihood / r.TargetSize).Sum(Axis.Classes);
        }

        if (Form == CrossEntropyForm.Pixel && Weight is null)
        {
            return new(r.NegativeLogLikelihood.Sum(Axis.Classes), r.TargetSize.Sum(Axis.Classes));
        }

        var w = Form == CrossEntropyForm.Pixel ? r.Weights(Weight) : (1 / r.TargetSize.Sum(Axis.Images)).Named("w");
        return new((w * r.NegativeLogLikelihood).Sum(Axis.Classes), (w * r.TargetSize).Sum(Axis.Classes));
    }
}
