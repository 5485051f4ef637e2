namespace SegLossBias;

/// <summary>RCE(L1): cross-entropy with region sizes matched in L1.</summary>
/// <remarks>
/// <code>L = CE + λ · L1(p̂, ŷ)</code>
/// λ = 1 and τ = 10 as published. An image without valid pixels counts 0. Liu et al., arXiv:2104.08717, Eq. 7.
/// </remarks>
public sealed class RceL1Loss() : CompoundLoss<CrossEntropy, RegionSizeL1>("RCE(L1)", lambda: 1);
