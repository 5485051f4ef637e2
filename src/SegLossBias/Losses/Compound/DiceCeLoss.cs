namespace SegLossBias;

/// <summary>DiceCE: cross-entropy plus linear Dice.</summary>
/// <remarks>
/// <code>L = CE + λ · Dice</code>
/// λ = 0.1 as published; MONAI and nnU-Net weigh both 1. An image without valid pixels counts 0. Liu et al., arXiv:2104.08717, Eq. 7.
/// </remarks>
public sealed class DiceCeLoss() : CompoundLoss<CrossEntropy, Dice>("DiceCE", lambda: 0.1);
