using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>RCE(KL): cross-entropy with region sizes matched in KL divergence.</summary>
/// <remarks>
/// <code>L = CE + λ · D_KL(ŷ ‖ p̂)</code>
/// An image without valid pixels counts 0. Liu et al., arXiv:2104.08717, Eq. 7; the terms are those of <see cref="CrossEntropyLoss"/> and <see cref="RegionSizeKlLoss"/>. λ = 0.1 and τ = 10 as published.
/// </remarks>
/// <param name="lambda">λ ≥ 0, a number or a schedule; null for 0.1.</param>
/// <param name="temperature">τ &gt; 0; null for 10. May follow a schedule.</param>
/// <param name="weight">Class weights of the cross-entropy; see <see cref="CrossEntropyLoss"/>.</param>
/// <param name="mode">How the logits are read.</param>
/// <param name="ignoreIndex">The label of pixels to leave out.</param>
/// <param name="reduction">See <see cref="SegmentationLoss"/>.</param>
public sealed class RceKlLoss(
    Schedule? lambda = null,
    Schedule? temperature = null,
    Tensor? weight = null,
    SegmentationMode mode = SegmentationMode.Multiclass,
    long? ignoreIndex = null,
    Reduction reduction = Reduction.Mean)
    : CombinedLoss(
        "RCE(KL)",
        new CrossEntropyLoss(weight, mode: mode, ignoreIndex: ignoreIndex, reduction: reduction),
        [new WeightedTerm(lambda ?? 0.1, new RegionSizeKlLoss(temperature, mode: mode, ignoreIndex: ignoreIndex, reduction: reduction))],
        mode,
        ignoreIndex,
        reduction);
