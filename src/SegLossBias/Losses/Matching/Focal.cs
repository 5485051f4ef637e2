namespace SegLossBias;

/// <summary>Focal loss (FL, Lin et al., arXiv:1708.02002): cross-entropy with well-classified pixels weighed down.</summary>
/// <remarks>
/// With F the focal sum Σ_{y_i=k} (1−p_ik)^γ · −log p_ik of region k in image n and |V| the valid pixels (multilabel: valid entries):
/// <code>
/// (Σ_n Σ_k F) / (Σ_n |V|)      L ≥ 0
/// </code>
/// <see cref="FocalForm.OneVsRest"/> (the default, what the 2D experiments of the paper ran, multiclass too) takes
/// p = σ(z_k) and adds the same for the pixels outside the class, summed over the K classes of a pixel; later
/// versions of smp divide that by K. <see cref="FocalForm.Softmax"/> takes p = softmax(z) and equals cross-entropy
/// for γ = 0; the 3D experiments ran it with smoothing 1e-5, p ← (1−s)·p + s/(K−1)·(1−p) + s. In binary and
/// multilabel mode p = σ(z) in either form. With class weights F is multiplied by w; the normaliser stays the valid
/// pixels. A batch without valid pixels gives 0. Liu et al., arXiv:2104.08717, Sec. 4.
/// </remarks>
public sealed class Focal() : RegionTerm("Focal")
{
    /// <summary>γ ≥ 0, dimensionless; 2 is usual.</summary>
    public double Gamma { get; init => field = SettingCheck.NotNegative(value, "the focusing parameter γ"); } = 2;

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

    /// <inheritdoc/>
    protected override LossFormula Define(Regions regions)
    {
        var isSoftmax = Form == FocalForm.Softmax && regions.Mode == SegmentationMode.Multiclass;
        var r = isSoftmax ? regions.Foreground : regions.OneVsRest;
        var focal = r.Focal(Gamma, Form, Smoothing);
        return new((Weight is null ? focal : r.Weights(Weight) * focal).Sum(Axis.Classes), regions.ValidSizeOfImage);
    }
}
