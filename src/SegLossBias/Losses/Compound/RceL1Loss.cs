using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>RCE(L1): cross-entropy with region sizes matched in L1.</summary>
/// <remarks>
/// <code>L = CE + λ · L1(p̂, ŷ)</code>
/// An image without valid pixels counts 0. Liu et al., arXiv:2104.08717, Eq. 7; the terms are those of <see cref="CrossEntropyLoss"/> and <see cref="RegionSizeL1Loss"/>. λ = 1 and τ = 10 as published.
/// </remarks>
/// <param name="lambda">λ ≥ 0, a number or a schedule; null for 1.0.</param>
/// <param name="temperature">τ &gt; 0; null for 10. May follow a schedule.</param>
/// <param name="weight">Class weights of the cross-entropy; see <see cref="CrossEntropyLoss"/>.</param>
/// <param name="mode">How the logits are read.</param>
/// <param name="ignoreIndex">The label of pixels to leave out.</param>
/// <param name="reduction">See <see cref="SegmentationLoss"/>.</param>
public sealed class RceL1Loss(
    Schedule? lambda = null,
    Schedule? temperature = null,
    Tensor? weight = null,
    SegmentationMode mode = SegmentationMode.Multiclass,
    long? ignoreIndex = null,
    Reduction reduction = Reduction.Mean)
    : CombinedLoss(
        "RCE(L1)",
        new CrossEntropyLoss(weight, mode: mode, ignoreIndex: ignoreIndex, reduction: reduction),
        [new WeightedTerm(lambda ?? 1.0, new RegionSizeL1Loss(temperature, mode: mode, ignoreIndex: ignoreIndex, reduction: reduction))],
        mode,
        ignoreIndex,
        reduction);
