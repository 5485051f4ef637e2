namespace SegLossBias;

/// <summary>Mean, standard deviation and median, with the number of structures in them and of those whose masks were empty.</summary>
/// <remarks>
/// A structure is one class of one image. What an empty one counts is the choice of <see cref="EmptyPolicies"/>. With v the n
/// values that count:
/// <code>
/// mean = Σ v / n,   standard deviation = √( Σ (v − mean)² / (n − 1) ),   median = the middle of the sorted v
/// </code>
/// </remarks>
public sealed record MetricSummary
{
    private MetricSummary(double[] counted, long skipped, long[] empty)
    {
        (Mean, Counted, Skipped) = (counted.Sum() / counted.Length, counted.Length, skipped);
        StandardDeviation = Math.Sqrt(counted.Sum(value => (value - Mean) * (value - Mean)) / (counted.Length - 1));
        StandardDeviation = counted.Length < 2 ? double.NaN : StandardDeviation;
        Median = MedianOf(counted);
        (BothEmpty, TargetEmpty, PredictionEmpty) = (empty[(int)EmptyCase.Both], empty[(int)EmptyCase.Target], empty[(int)EmptyCase.Prediction]);
    }

    /// <summary>Σ values / <see cref="Counted"/>, in the unit of the metric; NaN when no structure counted.</summary>
    public double Mean { get; }

    /// <summary>Of the values that count, as a sample (n − 1), in the unit of the metric; NaN when fewer than two structures counted or a value is infinite.</summary>
    public double StandardDeviation { get; }

    /// <summary>The middle value, or the mean of the two middle ones, in the unit of the metric; NaN when no structure counted.</summary>
    public double Median { get; }

    /// <summary>Structures in the mean.</summary>
    public long Counted { get; }

    /// <summary>Structures left out, by a policy or because their formula is 0/0.</summary>
    public long Skipped { get; }

    /// <summary>Structures neither there nor predicted, counted or not.</summary>
    public long BothEmpty { get; }

    /// <summary>False alarms: predicted but not there, counted or not.</summary>
    public long TargetEmpty { get; }

    /// <summary>Missed structures: there but not predicted, counted or not.</summary>
    public long PredictionEmpty { get; }

    /// <summary>The mean to four decimals and the counts, for logs.</summary>
    /// <returns>For example <c>0.8125 over 12, 1 skipped (1 both empty, 0 target empty, 2 prediction empty)</c>.</returns>
    public override string ToString() => FormattableString.Invariant(
        $"{Mean:F4} over {Counted}, {Skipped} skipped ({BothEmpty} both empty, {TargetEmpty} target empty, {PredictionEmpty} prediction empty)");

    internal static MetricSummary Over(IEnumerable<StructureValue> structures, string metric, MetricKind kind, EmptyPolicies whenEmpty)
    {
        ArgumentNullException.ThrowIfNull(whenEmpty);
        whenEmpty.Check(metric, kind);
        var counted = new List<double>();
        var skipped = 0L;
        var empty = new long[4];
        foreach (var value in structures)
        {
            empty[(int)value.Empty]++;
            if (whenEmpty.Apply(value, kind) is { } counts)
            {
                counted.Add(counts);
            }
            else
            {
                skipped++;
            }
        }

        return new([.. counted], skipped, empty);
    }

    /// <summary>Over the means of parts, of which those without a value are left out; the counts are those of all parts together.</summary>
    internal static MetricSummary OverMeans(IEnumerable<MetricSummary> parts)
    {
        var all = parts.ToArray();
        return new(
            [.. all.Where(part => part.Counted > 0).Select(part => part.Mean)],
            all.Count(part => part.Counted == 0),
            [0, all.Sum(part => part.TargetEmpty), all.Sum(part => part.PredictionEmpty), all.Sum(part => part.BothEmpty)]);
    }

    private static double MedianOf(double[] values)
    {
        if (values.Length == 0 || values.Any(double.IsNaN))
        {
            return double.NaN;
        }

        double[] sorted = [.. values.Order()];
        var (low, high) = (sorted[(values.Length - 1) / 2], sorted[values.Length / 2]);
        return low == high ? low : low + ((high - low) / 2);
    }
}
