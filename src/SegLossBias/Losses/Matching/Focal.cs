namespace SegLossBias;

/// <summary>Focal loss (FL, Lin et al., arXiv:1708.02002): cross-entropy with well-classified pixels weighed down.</summary>
/// <remarks>
/// With F the focal sum Σ_{y_i=k} (1−p_ik)^γ · −log p_ik of region k in image n and |V| the valid pixels (multilabel: valid entries):
/// <code>
/// (Σ_n Σ_k F) / (Σ_n |V|)      L ≥ 0
/// </code>
/// <see cref="FocalForm.OneVsRest"/> (the default, what the 2D experiments of the paper ran, multiclass too) takes
/// p = σ(z_k) and adds the same for the pixels outside the class, summed over the K classes of a pixel; later
/// versions of smp divide that by K (<see cref="AveragesClasses"/>). <see cref="FocalForm.Softmax"/> takes p = softmax(z) and
/// equals cross-entropy for γ = 0; the 3D experiments ran it with smoothing 1e-5, p ← (1−s)·p + s/(K−1)·(1−p) + s. In binary
/// and multilabel mode p = σ(z) in either form. With class weights F is multiplied by w, with <see cref="Alpha"/> by α or
/// 1 − α; the normaliser stays the valid pixels. With <see cref="Classes"/> the sum runs over some of the classes, and p
/// still is the softmax over all; the normaliser stays the pixels of all classes, in multilabel mode the entries of the
/// selected channels. A batch without valid pixels gives 0. Liu et al., arXiv:2104.08717, Sec. 4.
/// </remarks>
public sealed class Focal() : RegionTerm("Focal")
{
    /// <summary>γ ≥ 0, dimensionless; 2 is usual.</summary>
    public double Gamma { get; init => field = SettingCheck.NotNegative(value, "the focusing parameter γ"); } = 2;

    /// <summary>γ ≥ 0 of each class, in binary mode of background and foreground; null for <see cref="Gamma"/>. Each different number is a pass over the pixels.</summary>
    public ClassWeights? Gammas { get; init; }

    /// <summary>
    /// α in [0, 1]; null for no such weight. Sigmoids: α of the foreground, 1 − α of what is outside. Multiclass softmax: α of every
    /// class but class 0, the background, which has 1 − α, as in MONAI and kornia.
    /// </summary>
    public double? Alpha { get; init => field = SettingCheck.Share(value, "α", "0.25 is usual, null leaves it out"); }

    /// <summary>Softmax or one class against the rest; matters in multiclass mode only.</summary>
    public FocalForm Form { get; init => field = SettingCheck.Defined(value); }

    /// <summary>s in [0, 0.5), dimensionless; multiclass softmax form only.</summary>
    public double Smoothing
    {
        get;
        init => field = value is >= 0 and < 0.5 ? value : throw new ArgumentOutOfRangeException(nameof(Smoothing), value, "the smoothing must lie in [0, 0.5).");
    }

    /// <summary>w ≥ 0, one for each class; null for 1.</summary>
    public ClassWeights? Weight { get; init; }

    /// <summary>The classes that count.</summary>
    public ClassSelection Classes { get; init => field = SettingCheck.NotNull(value); } = ClassSelection.All;

    /// <summary>
    /// Whether a pixel counts the mean over its classes and not their sum: MONAI and smp after 0.5.0 divide by K, or by the number of
    /// selected classes. Matters in multiclass mode only: multilabel entries are averaged in any case.
    /// </summary>
    public bool AveragesClasses { get; init; }

    /// <summary>
    /// Whether a pixel counts the sum over its channels and not their mean: K times the mean of the entries, K the number of selected
    /// channels. Multilabel mode only, where <see cref="AveragesClasses"/> does not matter. MONAI's <c>reduction="sum"</c> has this sum for each image.
    /// </summary>
    public bool SumsChannels { get; init; }

    /// <summary>
    /// Whether pixels are averaged over the batch (the default), or over each image first; the two differ where images have different
    /// numbers of valid pixels, and in <c>Reduction.Sum</c>, which then adds up images.
    /// </summary>
    public Pooling Pooling { get; init => field = SettingCheck.Defined(value); }

    /// <inheritdoc/>
    protected override LossFormula Define(Regions regions)
    {
        var isMulticlass = regions.Mode == SegmentationMode.Multiclass;
        var foreground = regions.Foreground.Only(Classes);
        var r = Form == FocalForm.Softmax && isMulticlass ? foreground : regions.OneVsRest.Only(Classes);
        var sum = Gammas is null
            ? Sum(r, Gamma, regions)
            : r.GroupedBy(Gammas, "an exponent γ").Select(group => Sum(group.Regions, group.Number, regions)).Aggregate((left, right) => left + right);
        sum = AveragesClasses && isMulticlass ? sum / Formula.Constant(foreground.Count, "K")
            : SumsChannels && regions.Mode == SegmentationMode.Multilabel ? Formula.Constant(foreground.Count, "K") * sum : sum;
        var size = regions.Mode == SegmentationMode.Multilabel ? foreground.ValidSize.Sum(Axis.Classes) : regions.ValidSizeOfImage;
        return Pooling == Pooling.Image ? new(sum / size) : new(sum, size);
    }

    private Formula Sum(RegionSet r, double gamma, Regions regions)
    {
        var focal = r.Focal(gamma, Form, Smoothing);
        focal = Weight is null ? focal : r.Weights(Weight) * focal;
        return (Alpha is { } alpha ? r.Numbers((k, isBackground) => IsNegative(k, isBackground, regions) ? 1 - alpha : alpha, "α") * focal : focal).Sum(Axis.Classes);
    }

    private bool IsNegative(int k, bool isBackground, Regions regions) =>
        Form == FocalForm.Softmax && regions.Mode == SegmentationMode.Multiclass ? k == 0 : isBackground;
}
