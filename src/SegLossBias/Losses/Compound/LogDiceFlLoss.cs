namespace SegLossBias;

/// <summary>LogDiceFL: focal loss plus logarithmic Dice.</summary>
/// <remarks>
/// <code>L = Focal + λ · LogDice</code>
/// λ = 0.1 as published; the reference registers linear Dice under this name. An image without valid pixels counts 0. Liu et al., arXiv:2104.08717, Eq. 7.
/// </remarks>
public sealed class LogDiceFlLoss() : CompoundLoss<Focal, LogDice>("LogDiceFL", lambda: 0.1);
