using TorchSharp;
using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>RFL(L1): focal loss with region sizes matched in L1.</summary>
/// <remarks>
/// <code>L = Focal + λ · L1(p̂, ŷ)</code>
/// An image without valid pixels counts 0. Liu et al., arXiv:2104.08717, Eq. 7; the terms are those of <see cref="FocalLoss"/> and <see cref="RegionSizeL1Loss"/>. λ = 1 and τ = 10 as published.
/// </remarks>
/// <param name="lambda">λ ≥ 0, a number or a schedule; null for 1.0.</param>
/// <param name="temperature">τ &gt; 0; null for 10. May follow a schedule.</param>
/// <param name="gamma">γ ≥ 0 of the focal loss.</param>
/// <param name="form">The form of the focal loss; see <see cref="FocalLoss"/>.</param>
/// <param name="mode">How the logits are read.</param>
/// <param name="ignoreIndex">The label of pixels to leave out.</param>
/// <param name="reduction">See <see cref="SegmentationLoss"/>.</param>
public sealed class RflL1Loss(
    Schedule? lambda = null,
    Schedule? temperature = null,
    double gamma = 2,
    FocalForm form = FocalForm.OneVsRest,
    SegmentationMode mode = SegmentationMode.Multiclass,
    long? ignoreIndex = null,
    Reduction reduction = Reduction.Mean)
    : CombinedLoss(
        "RFL(L1)",
        new FocalLoss(gamma, form, mode: mode, ignoreIndex: ignoreIndex, reduction: reduction),
        [new WeightedTerm(lambda ?? 1.0, new RegionSizeL1Loss(temperature, mode: mode, ignoreIndex: ignoreIndex, reduction: reduction))],
        mode,
        ignoreIndex,
        reduction);
