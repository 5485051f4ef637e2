namespace SegLossBias;

/// <summary>One bin of a reliability diagram.</summary>
public readonly record struct CalibrationBin
{
    internal CalibrationBin(double above, double upTo, long count, double meanProbability, double frequency) =>
        (Above, UpTo, Count, MeanProbability, Frequency) = (above, upTo, count, meanProbability, frequency);

    /// <summary>The bin has probabilities above this, the first one also 0.</summary>
    public double Above { get; }

    /// <summary>The largest probability of the bin.</summary>
    public double UpTo { get; }

    /// <summary>Predictions in the bin.</summary>
    public long Count { get; }

    /// <summary>Their mean probability; NaN of an empty bin.</summary>
    public double MeanProbability { get; }

    /// <summary>The share of them that is true; NaN of an empty bin. A calibrated network has <see cref="MeanProbability"/> here.</summary>
    public double Frequency { get; }
}
