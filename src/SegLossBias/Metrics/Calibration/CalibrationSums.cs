using System.Text.Json.Serialization;

namespace SegLossBias;

/// <summary>What is kept of probabilities and of whether they came true: sums for each bin.</summary>
internal sealed class CalibrationSums
{
    internal CalibrationSums(int bins)
        : this(new long[bins], new long[bins], new double[bins], 0)
    {
    }

    /// <param name="counts">Predictions in each bin.</param>
    /// <param name="hits">Those that are true.</param>
    /// <param name="probabilities">Σ p of each bin.</param>
    /// <param name="squaredError">Σ (p − y)² of all.</param>
    [JsonConstructor]
    public CalibrationSums(long[] counts, long[] hits, double[] probabilities, double squaredError) =>
        (Counts, Hits, Probabilities, SquaredError) = (counts, hits, probabilities, squaredError);

    public long[] Counts { get; }

    public long[] Hits { get; }

    public double[] Probabilities { get; }

    public double SquaredError { get; private set; }

    /// <summary>Σ_b n_b/n·|mean p − frequency|.</summary>
    internal double ExpectedError
    {
        get
        {
            var error = 0.0;
            for (var bin = 0; bin < Counts.Length; bin++)
            {
                error += Math.Abs(Probabilities[bin] - Hits[bin]);
            }

            return error / Total;
        }
    }

    internal double Brier => SquaredError / Total;

    internal long Total => Counts.Sum();

    internal IReadOnlyList<CalibrationBin> Bins => [.. Enumerable.Range(0, Counts.Length).Select(bin => new CalibrationBin(
        (double)bin / Counts.Length, (bin + 1.0) / Counts.Length, Counts[bin], Probabilities[bin] / Counts[bin], (double)Hits[bin] / Counts[bin]))];

    internal void Add(double probability, bool isTrue)
    {
        var bin = Math.Clamp((int)Math.Ceiling(probability * Counts.Length) - 1, 0, Counts.Length - 1);
        Counts[bin]++;
        Hits[bin] += isTrue ? 1 : 0;
        Probabilities[bin] += probability;
        var error = probability - (isTrue ? 1 : 0);
        SquaredError += error * error;
    }

    internal void Add(CalibrationSums other)
    {
        for (var bin = 0; bin < Counts.Length; bin++)
        {
            Counts[bin] += other.Counts[bin];
            Hits[bin] += other.Hits[bin];
            Probabilities[bin] += other.Probabilities[bin];
        }

        SquaredError += other.SquaredError;
    }

    /// <summary>Whether sums that were read can be.</summary>
    internal bool AreConsistent(int bins) =>
        Counts?.Length == bins && Hits?.Length == bins && Probabilities?.Length == bins
        && Enumerable.Range(0, bins).All(bin => Hits[bin] >= 0 && Hits[bin] <= Counts[bin] && Probabilities[bin] >= 0 && Probabilities[bin] <= Counts[bin] * (1 + 1e-9))
        && SquaredError >= 0 && double.IsFinite(SquaredError);
}
