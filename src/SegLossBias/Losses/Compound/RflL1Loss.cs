namespace SegLossBias;

/// <summary>RFL(L1): focal loss with region sizes matched in L1.</summary>
/// <remarks>
/// <code>L = Focal + λ · L1(p̂, ŷ)</code>
/// λ = 1 and τ = 10 as published. An image without valid pixels counts 0. Liu et al., arXiv:2104.08717, Eq. 7.
/// </remarks>
public sealed class RflL1Loss() : CompoundLoss<Focal, RegionSizeL1>("RFL(L1)", lambda: 1);
