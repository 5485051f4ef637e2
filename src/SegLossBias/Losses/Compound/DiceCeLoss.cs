using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>DiceCE: cross-entropy plus linear Dice.</summary>
/// <remarks>
/// <code>L = CE + λ · Dice</code>
/// An image without valid pixels counts 0. Liu et al., arXiv:2104.08717, Eq. 7; the terms are those of <see cref="CrossEntropyLoss"/> and <see cref="DiceLoss"/>. λ = 0.1 as published; MONAI and nnU-Net weigh both 1.
/// </remarks>
/// <param name="lambda">λ ≥ 0, a number or a schedule; null for 0.1.</param>
/// <param name="pooling">Dice over the batch or over each image; <c>Reduction.None</c> needs the latter.</param>
/// <param name="weight">Class weights of the cross-entropy; see <see cref="CrossEntropyLoss"/>.</param>
/// <param name="mode">How the logits are read.</param>
/// <param name="ignoreIndex">The label of pixels to leave out.</param>
/// <param name="reduction">See <see cref="SegmentationLoss"/>.</param>
public sealed class DiceCeLoss(
    Schedule? lambda = null,
    DicePooling pooling = DicePooling.Batch,
    Tensor? weight = null,
    SegmentationMode mode = SegmentationMode.Multiclass,
    long? ignoreIndex = null,
    Reduction reduction = Reduction.Mean)
    : CombinedLoss(
        "DiceCE",
        new CrossEntropyLoss(weight, mode: mode, ignoreIndex: ignoreIndex, reduction: reduction),
        [new WeightedTerm(lambda ?? 0.1, new DiceLoss(pooling, mode: mode, ignoreIndex: ignoreIndex, reduction: reduction))],
        mode,
        ignoreIndex,
        reduction);
