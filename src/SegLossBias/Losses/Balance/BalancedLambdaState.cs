namespace SegLossBias;

/// <summary>What a <see cref="BalancedLambda"/> has learned so far: plain numbers, for a checkpoint.</summary>
/// <param name="Steps">Calls of <see cref="BalancedLambda.Step"/>.</param>
/// <param name="Measurements">Those of them that measured gradients which were finite.</param>
/// <param name="MatchingNorm">The smoothed norm of the gradient of the other terms.</param>
/// <param name="PenaltyNorm">The smoothed norm of the gradient of the balanced terms with λ = 1.</param>
/// <param name="Value">λ in force.</param>
public sealed record BalancedLambdaState(long Steps, long Measurements, double MatchingNorm, double PenaltyNorm, double Value)
{
    internal bool IsValid => Steps >= 0 && Measurements >= 0 && Measurements <= Steps && IsNorm(MatchingNorm) && IsNorm(PenaltyNorm) && IsNorm(Value);

    private static bool IsNorm(double number) => number >= 0 && double.IsFinite(number);
}
