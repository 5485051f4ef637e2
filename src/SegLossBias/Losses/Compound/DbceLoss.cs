using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>DBCE: cross-entropy plus the Dice bias.</summary>
/// <remarks>
/// <code>L = CE + λ · DB</code>
/// An image without valid pixels counts 0. Liu et al., arXiv:2104.08717, Eq. 7; the terms are those of <see cref="CrossEntropyLoss"/> and <see cref="DiceBiasLoss"/>. The paper finds it useful only for λ below 0.1: the bias pulls small regions to nothing. May be negative.
/// </remarks>
/// <param name="lambda">λ ≥ 0, a number or a schedule; null for 0.01.</param>
/// <param name="temperature">τ &gt; 0; null for 1. May follow a schedule.</param>
/// <param name="weight">Class weights of the cross-entropy; see <see cref="CrossEntropyLoss"/>.</param>
/// <param name="mode">How the logits are read.</param>
/// <param name="ignoreIndex">The label of pixels to leave out.</param>
/// <param name="reduction">See <see cref="SegmentationLoss"/>.</param>
public sealed class DbceLoss(
    Schedule? lambda = null,
    Schedule? temperature = null,
    Tensor? weight = null,
    SegmentationMode mode = SegmentationMode.Multiclass,
    long? ignoreIndex = null,
    Reduction reduction = Reduction.Mean)
    : CombinedLoss(
        "DBCE",
        new CrossEntropyLoss(weight, mode: mode, ignoreIndex: ignoreIndex, reduction: reduction),
        [new WeightedTerm(lambda ?? 0.01, new DiceBiasLoss(temperature, mode: mode, ignoreIndex: ignoreIndex, reduction: reduction))],
        mode,
        ignoreIndex,
        reduction);
