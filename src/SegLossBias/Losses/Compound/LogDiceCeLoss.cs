namespace SegLossBias;

/// <summary>LogDiceCE: cross-entropy plus logarithmic Dice.</summary>
/// <remarks>
/// <code>L = CE + λ · LogDice</code>
/// λ = 0.1 as published. An image without valid pixels counts 0. Liu et al., arXiv:2104.08717, Eq. 7.
/// </remarks>
public sealed class LogDiceCeLoss() : CompoundLoss<CrossEntropy, LogDice>("LogDiceCE", lambda: 0.1);
