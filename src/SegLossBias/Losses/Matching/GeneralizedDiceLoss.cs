using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>Generalised Dice loss (Sudre et al., arXiv:1707.03237): one score of all classes, small ones weighed up.</summary>
/// <remarks>
/// With I, P and T in pixels, summed over the batch:
/// <code>
/// L = 1 − 2 Σ_k w_k I_k / Σ_k max(w_k (P_k + T_k), ε),   w_k = 1 / max(T_k², ε),   0 ≤ L ≤ 1
/// </code>
/// In binary mode k runs over background and foreground. A class without a pixel has the weight 1/ε and dominates the
/// denominator, as in the reference. A batch without valid pixels gives 0. The images are pooled: <c>Reduction.None</c>
/// is an error at the first call.
/// </remarks>
/// <param name="epsilon">ε &gt; 0.</param>
/// <param name="mode">How the logits are read.</param>
/// <param name="ignoreIndex">The label of pixels to leave out.</param>
/// <param name="reduction">See <see cref="SegmentationLoss"/>; the batch counts as one image.</param>
public sealed class GeneralizedDiceLoss(
    double epsilon = 1e-7,
    SegmentationMode mode = SegmentationMode.Multiclass,
    long? ignoreIndex = null,
    Reduction reduction = Reduction.Mean)
    : RegionLoss("GDice", mode, ignoreIndex, reduction), IDirectFormula
{
    private readonly double _epsilon = epsilon > 0 && double.IsFinite(epsilon)
        ? epsilon
        : throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "ε bounds a denominator and must be positive and finite; the reference has 1e-7.");

    /// <inheritdoc/>
    protected override IReadOnlyList<RegionStatistic> Statistics => [RegionStatistic.Overlap, RegionStatistic.PredictedSize()];

    /// <inheritdoc/>
    protected override bool IsDefinedPerImage => false;

    /// <inheritdoc/>
    protected override Tensor Evaluate(RegionStatistics regions)
    {
        RegionStatistics[] sides = regions.Mode == SegmentationMode.Binary ? [regions, regions.Background] : [regions];
        Tensor Pool(Func<RegionStatistics, Tensor> statistic) => cat([.. sides.Select(statistic)], 1).sum(0L);

        var target = Pool(side => side.TargetSize);
        var weight = target.square().AtLeast(_epsilon).reciprocal();
        var denominator = Pool(side => side.PredictedSize()).Plus(target).mul(weight).AtLeast(_epsilon).sum();
        var loss = Pool(side => side.Overlap).mul(weight).sum().Times(2).div(denominator).FromOne();
        return loss.ZeroWhere(regions.ValidSize.sum().NotPositive());
    }

    double IDirectFormula.Evaluate(RegionNumbers regions, double weight)
    {
        if (!(regions.AllValid > 0))
        {
            return 0;
        }

        var (overlap, size) = (regions.Of(RegionStatistic.Overlap), regions.Of(RegionStatistic.PredictedSize()));
        var classes = (regions.Mode == SegmentationMode.Binary ? regions.Everything : regions.Foregrounds)
            .ToLookup(region => region with { Image = 0 })
            .Select(images =>
            {
                var target = images.Sum(region => regions.TargetSize(region));
                var w = 1 / Math.Max(target * target, _epsilon);
                return (Images: images, Weight: w, Size: (images.Sum(region => size[region]) + target) * w);
            })
            .ToArray();
        var denominator = classes.Sum(k => Math.Max(k.Size, _epsilon));
        var score = 2 * classes.Sum(k => k.Images.Sum(region => overlap[region]) * k.Weight) / denominator;
        foreach (var k in classes)
        {
            foreach (var region in k.Images)
            {
                overlap.AddGradient(region, -2 * weight * k.Weight / denominator);
                size.AddGradient(region, k.Size >= _epsilon ? weight * score * k.Weight / denominator : 0);
            }
        }

        return 1 - score;
    }
}
