using TorchSharp;
using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>Any matching term plus any weighted terms.</summary>
/// <remarks>
/// <code>L = matching + Σ_j λ_j · term_j</code>
/// The statistics that the terms need are computed once for all. Mode, ignore index and reduction are those of the
/// compound and need not be repeated in the terms. The terms belong to the compound, which moves and disposes them.
/// An image without valid pixels counts 0 in each term. Liu et al., arXiv:2104.08717, Eq. 7.
/// </remarks>
/// <example><code>
/// var loss = new CompoundLoss("CE+Dice+L1", new CrossEntropyLoss(),
///     [new(0.5, new DiceLoss()), new(1.0, new RegionSizeL1Loss())], ignoreIndex: 255);
/// </code></example>
/// <param name="name">The name in logs.</param>
/// <param name="matching">The term with weight 1.</param>
/// <param name="terms">The other terms with their weights.</param>
/// <param name="mode">How the logits are read.</param>
/// <param name="ignoreIndex">The label of pixels to leave out.</param>
/// <param name="reduction">See <see cref="SegmentationLoss"/>.</param>
public sealed class CompoundLoss(
    string name,
    RegionLoss matching,
    IEnumerable<WeightedTerm> terms,
    SegmentationMode mode = SegmentationMode.Multiclass,
    long? ignoreIndex = null,
    Reduction reduction = Reduction.Mean)
    : CombinedLoss(name, matching, terms, mode, ignoreIndex, reduction);
