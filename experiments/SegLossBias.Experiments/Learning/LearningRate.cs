namespace SegLossBias.Experiments.Learning;

/// <summary>The learning rate of every step.</summary>
/// <remarks>
/// With s of S steps done, and h how often the validation measure did not get better for more than 5 epochs on end:
/// <code>
/// constant: r      cosine: r·(1 + cos(π·s/S))/2      polynomial: r·(1 − s/S)^0.9      plateau: r·0.5^h
/// </code>
/// A function of what is saved with the epochs, so that a resumed run has the same rates without a state of its own.
/// </remarks>
/// <param name="initial">r.</param>
/// <param name="schedule">Which of the four.</param>
/// <param name="steps">S.</param>
internal sealed class LearningRate(double initial, RateSchedule schedule, long steps)
{
    private const double Power = 0.9;
    private const double PlateauFactor = 0.5;
    private const int PlateauPatience = 5;

    /// <param name="step">s, from 0.</param>
    /// <param name="costs">The validation measure after each finished epoch, the lower the better.</param>
    public double At(long step, IEnumerable<double> costs) => initial * schedule switch
    {
        RateSchedule.Cosine => 0.5 * (1 + Math.Cos(Math.PI * step / steps)),
        RateSchedule.Polynomial => Math.Pow(1 - ((double)step / steps), Power),
        RateSchedule.Plateau => Math.Pow(PlateauFactor, Plateaus(costs)),
        _ => 1,
    };

    private static int Plateaus(IEnumerable<double> costs)
    {
        var (lowest, waited, plateaus) = (double.PositiveInfinity, 0, 0);
        foreach (var cost in costs)
        {
            waited = cost < lowest ? 0 : waited + 1;
            lowest = cost < lowest ? cost : lowest;
            if (waited > PlateauPatience)
            {
                plateaus++;
                waited = 0;
            }
        }

        return plateaus;
    }
}
