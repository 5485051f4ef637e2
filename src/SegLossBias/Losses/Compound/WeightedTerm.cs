namespace SegLossBias;

/// <summary>A term of a compound loss with its weight.</summary>
/// <param name="Lambda">λ ≥ 0, a number or a schedule over the epochs.</param>
/// <param name="Loss">The term.</param>
public sealed record WeightedTerm(Schedule Lambda, RegionLoss Loss);
