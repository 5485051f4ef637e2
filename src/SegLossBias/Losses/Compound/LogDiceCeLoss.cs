using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>LogDiceCE: cross-entropy plus logarithmic Dice.</summary>
/// <remarks>
/// <code>L = CE + λ · LogDice</code>
/// An image without valid pixels counts 0. Liu et al., arXiv:2104.08717, Eq. 7; the terms are those of <see cref="CrossEntropyLoss"/> and <see cref="LogDiceLoss"/>. λ = 0.1 as published.
/// </remarks>
/// <param name="lambda">λ ≥ 0, a number or a schedule; null for 0.1.</param>
/// <param name="pooling">Dice over the batch or over each image; <c>Reduction.None</c> needs the latter.</param>
/// <param name="weight">Class weights of the cross-entropy; see <see cref="CrossEntropyLoss"/>.</param>
/// <param name="mode">How the logits are read.</param>
/// <param name="ignoreIndex">The label of pixels to leave out.</param>
/// <param name="reduction">See <see cref="SegmentationLoss"/>.</param>
public sealed class LogDiceCeLoss(
    Schedule? lambda = null,
    DicePooling pooling = DicePooling.Batch,
    Tensor? weight = null,
    SegmentationMode mode = SegmentationMode.Multiclass,
    long? ignoreIndex = null,
    Reduction reduction = Reduction.Mean)
    : CombinedLoss(
        "LogDiceCE",
        new CrossEntropyLoss(weight, mode: mode, ignoreIndex: ignoreIndex, reduction: reduction),
        [new WeightedTerm(lambda ?? 0.1, new LogDiceLoss(pooling, mode: mode, ignoreIndex: ignoreIndex, reduction: reduction))],
        mode,
        ignoreIndex,
        reduction);
