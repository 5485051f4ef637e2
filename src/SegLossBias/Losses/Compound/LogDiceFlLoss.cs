using TorchSharp;
using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>LogDiceFL: focal loss plus logarithmic Dice.</summary>
/// <remarks>
/// <code>L = Focal + λ · LogDice</code>
/// An image without valid pixels counts 0. Liu et al., arXiv:2104.08717, Eq. 7; the terms are those of <see cref="FocalLoss"/> and <see cref="LogDiceLoss"/>. λ = 0.1 as published; the reference registers linear Dice under this name.
/// </remarks>
/// <param name="lambda">λ ≥ 0, a number or a schedule; null for 0.1.</param>
/// <param name="pooling">Dice over the batch or over each image; <c>Reduction.None</c> needs the latter.</param>
/// <param name="gamma">γ ≥ 0 of the focal loss.</param>
/// <param name="form">The form of the focal loss; see <see cref="FocalLoss"/>.</param>
/// <param name="mode">How the logits are read.</param>
/// <param name="ignoreIndex">The label of pixels to leave out.</param>
/// <param name="reduction">See <see cref="SegmentationLoss"/>.</param>
public sealed class LogDiceFlLoss(
    Schedule? lambda = null,
    DicePooling pooling = DicePooling.Batch,
    double gamma = 2,
    FocalForm form = FocalForm.OneVsRest,
    SegmentationMode mode = SegmentationMode.Multiclass,
    long? ignoreIndex = null,
    Reduction reduction = Reduction.Mean)
    : CombinedLoss(
        "LogDiceFL",
        new FocalLoss(gamma, form, mode: mode, ignoreIndex: ignoreIndex, reduction: reduction),
        [new WeightedTerm(lambda ?? 0.1, new LogDiceLoss(pooling, mode: mode, ignoreIndex: ignoreIndex, reduction: reduction))],
        mode,
        ignoreIndex,
        reduction);
