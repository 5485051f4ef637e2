namespace SegLossBias;

/// <summary>DBCE: cross-entropy plus the Dice bias.</summary>
/// <remarks>
/// <code>L = CE + λ · DB</code>
/// The paper finds it useful only for λ below 0.1: the bias pulls small regions to nothing. May be negative. An image without valid pixels counts 0. Liu et al., arXiv:2104.08717, Eq. 7.
/// </remarks>
public sealed class DbceLoss() : CompoundLoss<CrossEntropy, DiceBias>("DBCE", lambda: 0.01);
