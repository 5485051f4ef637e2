using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>Dice bias: the region-size penalty hidden in log-Dice, on its own.</summary>
/// <remarks>
/// For image n and class k, with the true proportion ŷ = (T+ε)/(|V|+ε), the predicted proportion p̂ = (Q+ε)/(|V|+ε) and
/// Q = Σ_V p_i from the logits multiplied by τ:
/// <code>
/// L(n,k) = log(p̂ + ŷ + ε)      L ≤ log 2; the paper's ε is 0
/// </code>
/// L is their mean over the classes (reference) or sum (paper) and the mean over images. It is smallest where the largest
/// region takes everything (Prop. 2); in binary mode the foreground alone counts, and L is smallest for an empty one.
/// An image without valid pixels counts 0 with zero gradient. Liu et al., arXiv:2104.08717, Eq. 2; binary Eq. B.3.
/// </remarks>
/// <param name="temperature">τ &gt; 0, dimensionless; multiplies the logits, so that 10 sharpens; null for 1. May follow a schedule.</param>
/// <param name="classReduction">Mean or sum over the classes.</param>
/// <param name="epsilon">ε ≥ 0, in pixels; 0 is the paper's formula, infinite where a region is neither true nor predicted.</param>
/// <param name="mode">How the logits are read.</param>
/// <param name="ignoreIndex">The label of pixels to leave out.</param>
/// <param name="reduction">See <see cref="SegmentationLoss"/>.</param>
public sealed class DiceBiasLoss(
    Schedule? temperature = null,
    ClassReduction classReduction = ClassReduction.Mean,
    double epsilon = 1e-10,
    SegmentationMode mode = SegmentationMode.Multiclass,
    long? ignoreIndex = null,
    Reduction reduction = Reduction.Mean)
    : RegionSizeLoss("DB", temperature ?? 1.0, classReduction, epsilon, mode, ignoreIndex, reduction)
{
    private protected override Tensor Penalty(RegionStatistics regions) =>
        regions.PredictedProportion(TemperatureOf(regions), Epsilon).Plus(regions.TargetProportion(Epsilon)).Plus(Epsilon).log();

    private protected override (double Value, double Slope) Penalty(double predicted, double target) =>
        (Math.Log(predicted + target + Epsilon), 1 / (predicted + target + Epsilon));
}
