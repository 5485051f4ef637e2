namespace SegLossBias;

/// <summary>RFL(KL): focal loss with region sizes matched in KL divergence.</summary>
/// <remarks>
/// <code>L = Focal + λ · D_KL(ŷ ‖ p̂)</code>
/// λ = 0.1 and τ = 10 as published. An image without valid pixels counts 0. Liu et al., arXiv:2104.08717, Eq. 7.
/// </remarks>
public sealed class RflKlLoss() : CompoundLoss<Focal, RegionSizeKl>("RFL(KL)", lambda: 0.1);
