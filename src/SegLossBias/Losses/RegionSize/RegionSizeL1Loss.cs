using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>Penalises the gap between predicted and true region sizes, in L1.</summary>
/// <remarks>
/// For image n and class k, with the true proportion ŷ = (T+ε)/(|V|+ε), the predicted proportion p̂ = (Q+ε)/(|V|+ε) and
/// Q = Σ_V p_i from the logits multiplied by τ:
/// <code>
/// L(n,k) = | p̂ − ŷ |      0 ≤ L ≤ 1
/// </code>
/// L is their mean over the classes (reference) or sum (paper) and the mean over images. In binary mode the foreground
/// alone counts, half of the two-class sum. The gradient's size does not depend on how small the region is.
/// An image without valid pixels counts 0 with zero gradient. Liu et al., arXiv:2104.08717, Eq. 7 and App. C.
/// </remarks>
/// <param name="temperature">τ &gt; 0, dimensionless; multiplies the logits, so that 10 sharpens; null for 10. May follow a schedule.</param>
/// <param name="classReduction">Mean or sum over the classes.</param>
/// <param name="epsilon">ε ≥ 0, in pixels; 0 is the paper's formula.</param>
/// <param name="mode">How the logits are read.</param>
/// <param name="ignoreIndex">The label of pixels to leave out.</param>
/// <param name="reduction">See <see cref="SegmentationLoss"/>.</param>
public sealed class RegionSizeL1Loss(
    Schedule? temperature = null,
    ClassReduction classReduction = ClassReduction.Mean,
    double epsilon = 1e-10,
    SegmentationMode mode = SegmentationMode.Multiclass,
    long? ignoreIndex = null,
    Reduction reduction = Reduction.Mean)
    : RegionSizeLoss("L1", temperature ?? 10.0, classReduction, epsilon, mode, ignoreIndex, reduction)
{
    private protected override Tensor Penalty(RegionStatistics regions) =>
        regions.PredictedProportion(TemperatureOf(regions), Epsilon).sub(regions.TargetProportion(Epsilon)).abs();

    private protected override (double Value, double Slope) Penalty(double predicted, double target) =>
        (Math.Abs(predicted - target), predicted == target ? 0 : predicted > target ? 1 : predicted < target ? -1 : double.NaN);
}
