namespace SegLossBias;

/// <summary>Unified focal loss: a focal cross-entropy and a focal Tversky loss with parameters in common, for rare foregrounds.</summary>
/// <remarks>
/// Class 0 is common, all others are rare; in binary and multilabel mode the background of a channel is common and the
/// foreground rare. With C the negative log-likelihood and F the focal sum (exponent γ), I the overlap, P and T the predicted
/// and the true size, of each image (as here) or of the batch, and e = 1 for a rare and 0 for a common region:
/// <code>
/// mean_n (λ·(δ·(Σ_k C) + (1 − δ)·(Σ_k F)) / (Σ_k T) + (1 − λ)·(mean_k [|V| > 0]·(e·max(1 − D, 0)^(1−γ) + (1 − e)·max(1 − D, 0)))), D = (I + s) / (I + δ·(T − I) + (1 − δ)·(P − I) + s)      L ≥ 0
/// </code>
/// C is summed over the rare regions and F over the common ones. The asymmetric form, which is the default and the
/// better one in the paper, suppresses easy pixels of common regions alone and enhances the Tversky loss of rare regions
/// alone. <see cref="IsSymmetric"/> does both for all regions: F for C, and the exponent 1 − γ everywhere. δ above ½ makes a
/// missed rare region cost more than a false alarm. Where D = 1 the infinite derivative of the power is taken as 0.
/// <para>
/// γ is the exponent of the suppression and 1 − γ that of the enhancement, as in the paper's asymmetric equations and its
/// code; the paper's symmetric equations exchange the two, which at γ = ½ is the same. The code weighs the Tversky part by
/// its <c>weight</c>, which is 1 − λ, and clips p to [1e-7, 1 − 1e-7], which is not done here.
/// Class weights would be a second balance beside δ, so there are none: take δ. An image without valid pixels counts 0. Yeung et al., arXiv:2102.04525, Sec. 3.
/// </para>
/// </remarks>
public sealed class UnifiedFocal() : RegionTerm("UnifiedFocal")
{
    /// <summary>λ in [0, 1], the share of the focal cross-entropy; 1 − λ is that of the focal Tversky loss.</summary>
    public double FocalShare { get; init => field = SettingCheck.Share(value, "λ, the share of the focal cross-entropy,"); } = 0.5;

    /// <summary>δ in [0, 1], the weight of rare regions in the cross-entropy and of misses in the Tversky index; the paper has 0.6.</summary>
    public double Delta { get; init => field = SettingCheck.Share(value, "δ, the weight of rare regions and of misses,", "the paper has 0.6"); } = 0.6;

    /// <summary>γ in [0, 1), dimensionless: larger suppresses and enhances more; the paper has ½.</summary>
    public double Gamma { get; init => field = SettingCheck.BelowOne(value, "γ", "the Tversky part has the exponent 1 − γ, and the paper has 0.5"); } = 0.5;

    /// <summary>Whether all regions are suppressed and enhanced alike, and not according to whether they are rare.</summary>
    public bool IsSymmetric { get; init; }

    /// <summary>Sums over each image (default, as in the paper's code) or over the batch.</summary>
    public Pooling Pooling { get; init => field = SettingCheck.Defined(value); } = Pooling.Image;

    /// <summary>s ≥ 0, in pixels, added to numerator and denominator of the Tversky index; the paper's code has 1e-7.</summary>
    public double Smoothing { get; init => field = SettingCheck.NotNegative(value, "the smoothing, in pixels,"); } = 1e-7;

    /// <summary>What a region without a pixel in the target counts in the Tversky part; the paper's code keeps it in the formula.</summary>
    public AbsentClass Absent { get; init => field = SettingCheck.Defined(value); } = AbsentClass.Keep;

    /// <summary>The classes that count, in multilabel mode the channels. p still is the softmax over all.</summary>
    public ClassSelection Classes { get; init => field = SettingCheck.NotNull(value); } = ClassSelection.All;

    /// <inheritdoc/>
    protected override LossFormula Define(Regions regions)
    {
        var isMulticlass = regions.Mode == SegmentationMode.Multiclass;
        bool IsCommon(int k, bool isBackground) => isBackground || (isMulticlass && k == 0);
        var r = regions.All.Only(Classes).Pooled(Pooling);
        var (delta, s) = (Formula.Constant(Delta, "δ"), Formula.Constant(Smoothing, "s"));

        // Without class 0 no region is common, and with it alone none is rare.
        var ofRare = r.Where((k, isBackground) => !IsCommon(k, isBackground)) is { } rare
            ? delta * (IsSymmetric ? rare.Focal(Gamma, FocalForm.Softmax) : rare.NegativeLogLikelihood).Sum(Axis.Classes) : null;
        var ofCommon = r.Where(IsCommon) is { } common ? (1 - delta) * common.Focal(Gamma, FocalForm.Softmax).Sum(Axis.Classes) : null;
        var focal = (ofRare is null ? ofCommon! : ofCommon is null ? ofRare : ofRare + ofCommon) / r.TargetSize.Sum(Axis.Classes);

        var (hit, falseAlarm, miss) = (r.Overlap, r.PredictedSize() - r.Overlap, r.TargetSize - r.Overlap);
        var index = ((hit + s) / (hit + (delta * miss) + ((1 - delta) * falseAlarm) + s)).Named("D");
        var error = Formula.Max(1 - index, 0);
        var enhanced = Formula.Power(error, 1 - Gamma, "(1−γ)");
        var e = r.Numbers((k, isBackground) => IsCommon(k, isBackground) ? 0 : 1, "e");
        var tversky = r.MeanOverClasses(IsSymmetric ? enhanced : (e * enhanced) + ((1 - e) * error), Absent);

        var lambda = Formula.Constant(FocalShare, "λ");
        return (lambda * focal) + ((1 - lambda) * tversky);
    }
}
