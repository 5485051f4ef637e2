namespace SegLossBias;

/// <summary>RCE(KL): cross-entropy with region sizes matched in KL divergence.</summary>
/// <remarks>
/// <code>L = CE + λ · D_KL(ŷ ‖ p̂)</code>
/// λ = 0.1 and τ = 10 as published. An image without valid pixels counts 0. Liu et al., arXiv:2104.08717, Eq. 7.
/// </remarks>
public sealed class RceKlLoss() : CompoundLoss<CrossEntropy, RegionSizeKl>("RCE(KL)", lambda: 0.1);
