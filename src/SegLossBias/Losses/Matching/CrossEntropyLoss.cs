using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>Cross-entropy (CE), its weighted form (WCE) and the paper's per-region form.</summary>
/// <remarks>
/// With C the negative log-likelihood and T the size of class k in image n (nats, pixels):
/// <code>
/// Pixel             L = Σ_nk w_k C_nk / Σ_nk w_k T_nk                   = functional.cross_entropy
/// InverseFrequency  the same with w_k = 1 / Σ_n T_nk                    the mean over the classes in the batch
/// Region            L = 1/N Σ_n Σ_k C_nk / T_nk  over T_nk &gt; 0          Table 1
/// L ≥ 0
/// </code>
/// In binary and multilabel mode each channel has two classes, foreground and background, and L is the binary
/// cross-entropy over the valid pixels. <c>Reduction.Sum</c> is Σ w_k C_nk. A batch without valid pixels, or whose
/// classes all have weight 0, gives 0. Liu et al., arXiv:2104.08717, Eq. 1 and Table 1.
/// </remarks>
public sealed class CrossEntropyLoss : RegionLoss, IDirectFormula
{
    private readonly CrossEntropyForm _form;

    [ComponentName(Name = "weight")]
    private readonly Tensor? _weight;

    /// <summary>A cross-entropy.</summary>
    /// <param name="weight">w ≥ 0, [K]; binary mode [2], background and foreground; multilabel mode [K], one for each channel. Copied; moves with the module.</param>
    /// <param name="form">How the classes share the loss.</param>
    /// <param name="mode">How the logits are read.</param>
    /// <param name="ignoreIndex">The label of pixels to leave out.</param>
    /// <param name="reduction">See <see cref="SegmentationLoss"/>.</param>
    /// <exception cref="ArgumentException">The weights are no weights, or are given to a form that has its own.</exception>
    public CrossEntropyLoss(
        Tensor? weight = null,
        CrossEntropyForm form = CrossEntropyForm.Pixel,
        SegmentationMode mode = SegmentationMode.Multiclass,
        long? ignoreIndex = null,
        Reduction reduction = Reduction.Mean)
        : base(form == CrossEntropyForm.InverseFrequency ? "WCE" : "CE", mode, ignoreIndex, reduction)
    {
        if (weight is not null && form != CrossEntropyForm.Pixel)
        {
            throw new ArgumentException($"CrossEntropyForm.{form} takes its weights from the sizes of the regions, but weight was given too; leave one of them out.", nameof(weight));
        }

        _form = form;
        _weight = ClassWeights.Copy(weight, mode);
        RegisterComponents();
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<RegionStatistic> Statistics => [RegionStatistic.NegativeLogLikelihood];

    /// <inheritdoc/>
    protected override Tensor Evaluate(RegionStatistics regions)
    {
        ClassWeights.Check(_weight, regions);
        return Sum(regions, side => side.NegativeLogLikelihood);
    }

    /// <inheritdoc/>
    protected override Tensor? Normaliser(RegionStatistics regions) =>
        _form == CrossEntropyForm.Region ? null : Sum(regions, side => side.TargetSize);

    /// <summary>L = Σ b·C / Z, b = w or what balances the regions, Z = Σ b·T or N.</summary>
    double IDirectFormula.Evaluate(RegionNumbers regions, double weight)
    {
        var surprise = regions.Of(RegionStatistic.NegativeLogLikelihood);
        var balance = Balance(regions);
        var (sum, normaliser) = (0.0, 0.0);
        foreach (var region in regions.Both)
        {
            sum += balance(region) * surprise[region];
            normaliser += balance(region) * regions.TargetSize(region);
        }

        normaliser = _form == CrossEntropyForm.Region ? regions.Images : normaliser;
        if (!(normaliser > 0))
        {
            return 0;
        }

        foreach (var region in regions.Both)
        {
            surprise.AddGradient(region, weight * balance(region) / normaliser);
        }

        return sum / normaliser;
    }

    private Func<Region, double> Balance(RegionNumbers regions)
    {
        if (_form == CrossEntropyForm.Pixel)
        {
            return ClassWeights.Of(_weight, regions);
        }

        var sizes = new Dictionary<Region, double>();
        Region Key(Region region) => _form == CrossEntropyForm.InverseFrequency ? region with { Image = 0 } : region;
        foreach (var region in regions.Both)
        {
            sizes[Key(region)] = sizes.GetValueOrDefault(Key(region)) + regions.TargetSize(region);
        }

        return region => sizes[Key(region)] > 0 ? 1 / sizes[Key(region)] : 0;
    }

    private Tensor Sum(RegionStatistics regions, Func<RegionStatistics, Tensor> statistic) =>
        regions.Mode == SegmentationMode.Multiclass
            ? ClassWeights.Sum(_weight, Balance(regions, statistic), null, regions.Mode)
            : ClassWeights.Sum(_weight, Balance(regions, statistic), Balance(regions.Background, statistic), regions.Mode);

    private Tensor Balance(RegionStatistics side, Func<RegionStatistics, Tensor> statistic) => _form switch
    {
        CrossEntropyForm.Pixel => statistic(side),
        CrossEntropyForm.InverseFrequency => statistic(side).SafeDivide(side.TargetSize.sum(0L, keepdim: true).expand_as(side.TargetSize)),
        _ => statistic(side).SafeDivide(side.TargetSize),
    };
}
