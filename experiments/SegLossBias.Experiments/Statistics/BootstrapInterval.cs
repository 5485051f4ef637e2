namespace SegLossBias.Experiments.Statistics;

/// <summary>A mean with its 95 % interval by the percentile bootstrap (Efron, doi 10.1214/aos/1176344552).</summary>
/// <param name="Mean">Of the values.</param>
/// <param name="Low">The 2.5th percentile of the means of samples of the values, drawn with replacement.</param>
/// <param name="High">The 97.5th percentile.</param>
internal readonly record struct BootstrapInterval(double Mean, double Low, double High)
{
    private const int Samples = 10_000;
    private const double Tail = 0.025;

    /// <summary>Draws from a seed of its own, so that the same values give the same interval.</summary>
    public static BootstrapInterval Of(IReadOnlyList<double> values)
    {
        if (values.Count == 0)
        {
            return new(double.NaN, double.NaN, double.NaN);
        }

        var random = new Random(1);
        var means = new double[Samples];
        for (var sample = 0; sample < Samples; sample++)
        {
            var sum = 0.0;
            for (var i = 0; i < values.Count; i++)
            {
                sum += values[random.Next(values.Count)];
            }

            means[sample] = sum / values.Count;
        }

        Array.Sort(means);
        return new(values.Average(), means[(int)(Tail * Samples)], means[(int)((1 - Tail) * Samples)]);
    }
}
