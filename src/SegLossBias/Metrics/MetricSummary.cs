namespace SegLossBias;

/// <summary>A mean, with the number of structures in it and of those whose masks were empty.</summary>
/// <remarks>A structure is one class of one image. What an empty one counts is the choice of <see cref="EmptyPolicies"/>.</remarks>
public sealed record MetricSummary
{
    internal MetricSummary(double mean, long counted, long skipped, long bothEmpty, long targetEmpty, long predictionEmpty) =>
        (Mean, Counted, Skipped, BothEmpty, TargetEmpty, PredictionEmpty) = (mean, counted, skipped, bothEmpty, targetEmpty, predictionEmpty);

    /// <summary>Σ values / <see cref="Counted"/>, in the unit of the metric; NaN when no structure counted.</summary>
    public double Mean { get; }

    /// <summary>Structures in the mean.</summary>
    public long Counted { get; }

    /// <summary>Structures left out by <see cref="EmptyPolicy.Skip"/>.</summary>
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

    internal static MetricSummary Over(IEnumerable<(double Value, EmptyCase Empty)> structures, EmptyPolicies whenEmpty)
    {
        ArgumentNullException.ThrowIfNull(whenEmpty);
        var sum = 0.0;
        long counted = 0, skipped = 0;
        var empty = new long[4];
        foreach (var (value, emptyCase) in structures)
        {
            empty[(int)emptyCase]++;
            if (whenEmpty.Apply(value, emptyCase) is { } counts)
            {
                sum += counts;
                counted++;
            }
            else
            {
                skipped++;
            }
        }

        return new(sum / counted, counted, skipped, empty[(int)EmptyCase.Both], empty[(int)EmptyCase.Target], empty[(int)EmptyCase.Prediction]);
    }
}
