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
/// the binary cross-entropy over the valid pixels; with a <see cref="PositiveWeight"/> v the C of the foreground is multiplied
/// by v and the normaliser stays the valid pixels, as in <c>BCEWithLogitsLoss</c>. <c>Reduction.Sum</c> is Σ w·C. A batch
/// without valid pixels, or whose classes all have weight 0, gives 0. <see cref="Classes"/> is the same as a weight of 0 for all others.
/// <para>
/// Soft labels y share a pixel between the classes, C = Σ y · −log p and T = Σ y; L is smallest at p = y. <see cref="LabelSmoothing"/> s
/// makes soft labels (1−s)·y + s/K of any labels (K = 2 for a channel on its own):
/// </para>
/// <code>
/// (Σ_n Σ_k ((1 − s)·C + s / K·U)) / (Σ_n Σ_k T)      U = Σ −log p over all pixels
/// </code>
/// Liu et al., arXiv:2104.08717, Eq. 1 and Table 1.
/// </remarks>
public sealed class CrossEntropy() : RegionTerm("CE")
{
    /// <summary>How the classes share the loss.</summary>
    public CrossEntropyForm Form { get; init => field = SettingCheck.Defined(value); }

    /// <summary>w ≥ 0, one for each class; null for 1. Only for <see cref="CrossEntropyForm.Pixel"/>: the other forms have weights of their own.</summary>
    public ClassWeights? Weight { get; init; }

    /// <summary>s in [0, 1), dimensionless; 0 for none. Only for <see cref="CrossEntropyForm.Pixel"/>. With class weights as in <c>functional.cross_entropy</c>.</summary>
    public double LabelSmoothing { get; init => field = SettingCheck.BelowOne(value, "the label smoothing"); }

    /// <summary>
    /// v ≥ 0, one for each channel, in binary mode one; null for 1. Binary and multilabel mode and <see cref="CrossEntropyForm.Pixel"/>
    /// only. Equals <c>pos_weight</c> of <c>BCEWithLogitsLoss</c>; above 1 a missed foreground costs more.
    /// </summary>
    public ClassWeights? PositiveWeight { get; init; }

    /// <summary>The classes whose pixels count, in multilabel mode the channels that do. p still is the softmax over all.</summary>
    public ClassSelection Classes { get; init => field = SettingCheck.NotNull(value); } = ClassSelection.All;

    /// <summary>CE; WCE where classes are weighted.</summary>
    public override string Name => Weight is not null || PositiveWeight is not null || Form == CrossEntropyForm.InverseFrequency ? "WCE" : base.Name;

    /// <inheritdoc/>
    protected override LossFormula Define(Regions regions)
    {
        if (Weight is not null && Form != CrossEntropyForm.Pixel)
        {
            throw new InvalidOperationException($"CrossEntropyForm.{Form} takes its weights from the sizes of the regions, but Weight is {Weight}; leave one of them out.");
        }

        if (LabelSmoothing > 0 && Form != CrossEntropyForm.Pixel)
        {
            throw new InvalidOperationException($"label smoothing is defined for CrossEntropyForm.Pixel, but the form is {Form}; leave one of them out.");
        }

        if (PositiveWeight is not null && (Form != CrossEntropyForm.Pixel || regions.Mode == SegmentationMode.Multiclass))
        {
            throw new InvalidOperationException($"PositiveWeight weighs the foreground of a channel and is defined for CrossEntropyForm.Pixel in binary and multilabel mode, but the form is {Form} and the mode {regions.Mode}; leave it out, or take Weight for classes.");
        }

        var r = regions.All.Only(Classes);
        if (Form == CrossEntropyForm.Region)
        {
            return (r.NegativeLogLikelihood / r.TargetSize).Sum(Axis.Classes);
        }

        var loss = LabelSmoothing == 0 ? r.NegativeLogLikelihood : Smoothed(r, regions.Mode == SegmentationMode.Multiclass ? regions.Channels : 2);
        if (Form == CrossEntropyForm.Pixel)
        {
            return r.MeanOverPixels(PositiveWeight is null ? loss : Positive(r, PositiveWeight, regions.Channels) * loss, Weight);
        }

        var w = (1 / r.TargetSize.Sum(Axis.Images)).Named("w");
        return new((w * loss).Sum(Axis.Classes), (w * r.TargetSize).Sum(Axis.Classes));
    }

    private static Formula Positive(RegionSet r, ClassWeights weight, int channels)
    {
        weight.EnsureOneForEach("channel", channels, "a positive weight");
        return r.Numbers((channel, isBackground) => isBackground ? 1 : weight.Values[channel], "v");
    }

    private Formula Smoothed(RegionSet r, int classes)
    {
        var s = Formula.Constant(LabelSmoothing, "s");
        return ((1 - s) * r.NegativeLogLikelihood) + (s / Formula.Constant(classes, "K") * r.NegativeLogEverywhere);
    }
}
