using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>Focal loss (FL, Lin et al., arXiv:1708.02002): cross-entropy with well-classified pixels weighed down.</summary>
/// <remarks>
/// With F the focal sum of class k in image n and |V| the valid pixels (multilabel: valid entries):
/// <code>
/// L = Σ_nk w_k F_nk / Σ_n |V_n|,   F = Σ_{y_i=k} (1−p_ik)^γ · −log p_ik,   L ≥ 0
/// </code>
/// <see cref="FocalForm.OneVsRest"/> (the default, what the 2D experiments of the paper ran, multiclass too) takes
/// p = σ(z_k) and adds the same for the pixels outside the class, summed over the K classes of a pixel; later
/// versions of smp divide that by K. <see cref="FocalForm.Softmax"/> takes p = softmax(z) and equals cross-entropy
/// for γ = 0; the 3D experiments ran it with smoothing 1e-5, p ← (1−s)·p + s/(K−1)·(1−p) + s. In binary and
/// multilabel mode p = σ(z) in either form. A batch without valid pixels gives 0.
/// Liu et al., arXiv:2104.08717, Sec. 4.
/// </remarks>
public sealed class FocalLoss : RegionLoss, IDirectFormula
{
    private readonly double _gamma;
    private readonly FocalForm _form;
    private readonly double _smoothing;

    [ComponentName(Name = "weight")]
    private readonly Tensor? _weight;

    /// <summary>A focal loss.</summary>
    /// <param name="gamma">γ ≥ 0, dimensionless.</param>
    /// <param name="form">Softmax or one class against the rest; multiclass mode only.</param>
    /// <param name="smoothing">s in [0, 0.5), dimensionless; softmax form only.</param>
    /// <param name="weight">w ≥ 0, [K]; binary mode [2], background and foreground. The normaliser stays the valid pixels.</param>
    /// <param name="mode">How the logits are read.</param>
    /// <param name="ignoreIndex">The label of pixels to leave out.</param>
    /// <param name="reduction">See <see cref="SegmentationLoss"/>.</param>
    /// <exception cref="ArgumentException">A parameter is outside its range.</exception>
    public FocalLoss(
        double gamma = 2,
        FocalForm form = FocalForm.OneVsRest,
        double smoothing = 0,
        Tensor? weight = null,
        SegmentationMode mode = SegmentationMode.Multiclass,
        long? ignoreIndex = null,
        Reduction reduction = Reduction.Mean)
        : base("Focal", mode, ignoreIndex, reduction)
    {
        if (smoothing != 0 && mode != SegmentationMode.Multiclass)
        {
            throw new ArgumentException($"smoothing belongs to the multiclass softmax form, but mode is {mode}; leave it out.", nameof(smoothing));
        }

        (_gamma, _smoothing) = (gamma, smoothing);
        _form = form;
        _ = RegionStatistic.Focal(gamma, form, smoothing);
        _weight = ClassWeights.Copy(weight, mode);
        RegisterComponents();
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<RegionStatistic> Statistics => [RegionStatistic.Focal(_gamma, _form, _smoothing)];

    /// <inheritdoc/>
    protected override Tensor Evaluate(RegionStatistics regions)
    {
        ClassWeights.Check(_weight, regions);
        var background = IsSoftmax(regions.Mode) ? null : regions.Background.Focal(_gamma, _form, _smoothing);
        return ClassWeights.Sum(_weight, regions.Focal(_gamma, _form, _smoothing), background, regions.Mode);
    }

    /// <inheritdoc/>
    protected override Tensor? Normaliser(RegionStatistics regions) => regions.ValidSize.sum(1);

    double IDirectFormula.Evaluate(RegionNumbers regions, double weight)
    {
        var focal = regions.Of(RegionStatistic.Focal(_gamma, _form, _smoothing));
        var ofRegion = ClassWeights.Of(_weight, regions);
        var pixels = regions.AllValid;
        if (!(pixels > 0))
        {
            return 0;
        }

        var sum = 0.0;
        foreach (var region in IsSoftmax(regions.Mode) ? regions.Foregrounds : regions.Everything)
        {
            sum += ofRegion(region) * focal[region];
            focal.AddGradient(region, weight * ofRegion(region) / pixels);
        }

        return sum / pixels;
    }

    /// <param name="mode">The mode of the statistics, not of this loss: as a term of a compound it has the compound's.</param>
    private bool IsSoftmax(SegmentationMode mode) => _form == FocalForm.Softmax && mode == SegmentationMode.Multiclass;
}
