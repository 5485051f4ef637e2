using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>Penalises the gap between predicted and true region sizes, in Kullback–Leibler divergence.</summary>
/// <remarks>
/// For image n and class k, with the true proportion ŷ = (T+ε)/(|V|+ε), the predicted proportion p̂ = (Q+ε)/(|V|+ε) and
/// Q = Σ_V p_i from the logits multiplied by τ:
/// <code>
/// L(n) = Σ_k ŷ log(ŷ / p̂) = D_KL(ŷ ‖ p̂)      L ≥ 0, 0 at p̂ = ŷ;  0 log 0 = 0
/// </code>
/// In binary and multilabel mode each channel has two regions, foreground and background, and L sums both (the
/// reference lacks the background in multilabel mode and is NaN for a full image). L is the mean over images. Its
/// gradient grows as a true region vanishes from the prediction.
/// An image without valid pixels counts 0 with zero gradient. Liu et al., arXiv:2104.08717, Eq. 7 and Prop. 3.
/// </remarks>
/// <param name="temperature">τ &gt; 0, dimensionless; multiplies the logits, so that 10 sharpens; null for 10. May follow a schedule.</param>
/// <param name="classReduction">Mean or sum over the classes.</param>
/// <param name="epsilon">ε ≥ 0, in pixels; 0 is the paper's formula, infinite where a true region has no predicted mass left.</param>
/// <param name="mode">How the logits are read.</param>
/// <param name="ignoreIndex">The label of pixels to leave out.</param>
/// <param name="reduction">See <see cref="SegmentationLoss"/>.</param>
public sealed class RegionSizeKlLoss(
    Schedule? temperature = null,
    ClassReduction classReduction = ClassReduction.Sum,
    double epsilon = 1e-10,
    SegmentationMode mode = SegmentationMode.Multiclass,
    long? ignoreIndex = null,
    Reduction reduction = Reduction.Mean)
    : RegionSizeLoss("KL", temperature ?? 10.0, classReduction, epsilon, mode, ignoreIndex, reduction)
{
    private protected override Tensor Penalty(RegionStatistics regions) =>
        regions.Mode == SegmentationMode.Multiclass
            ? Divergence(regions, TemperatureOf(regions))
            : Divergence(regions, TemperatureOf(regions)).Plus(Divergence(regions.Background, TemperatureOf(regions)));

    private protected override bool CountsBackground => true;

    private protected override (double Value, double Slope) Penalty(double predicted, double target) =>
        target > 0 ? ((target * Math.Log(target)) - (target * Math.Log(predicted)), -target / predicted) : (0, 0);

    private Tensor Divergence(RegionStatistics side, double temperature)
    {
        var truth = side.TargetProportion(Epsilon);

        // 0 log(0/p̂) is 0 for every p̂, 0 too, and so is its gradient; a logarithm would make that 0/0.
        var predicted = side.PredictedProportion(temperature, Epsilon).OneWhere(truth.NotPositive());
        return truth.xlogy(truth).sub(truth.xlogy(predicted));
    }
}
