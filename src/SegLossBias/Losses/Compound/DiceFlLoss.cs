namespace SegLossBias;

/// <summary>DiceFL: focal loss plus linear Dice.</summary>
/// <remarks>
/// <code>L = Focal + λ · Dice</code>
/// λ = 0.1 as published. An image without valid pixels counts 0. Liu et al., arXiv:2104.08717, Eq. 7.
/// </remarks>
public sealed class DiceFlLoss() : CompoundLoss<Focal, Dice>("DiceFL", lambda: 0.1);
