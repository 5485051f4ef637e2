namespace SegLossBias;

/// <summary>A mean, with the number of structures in it and of those whose masks were empty.</summary>
/// <remarks>A structure is one class of one image. What an empty one counts is the choice of <see cref="EmptyPolicies"/>.</remarks>
/// <param name="Mean">Σ values / <paramref name="Counted"/>; NaN when no structure counted.</param>
/// <param name="Counted">Structures in the mean.</param>
/// <param name="Skipped">Structures left out by <see cref="EmptyPolicy.Skip"/>.</param>
/// <param name="BothEmpty">Structures neither there nor predicted, counted or not.</param>
/// <param name="TargetEmpty">False alarms: predicted but not there, counted or not.</param>
/// <param name="PredictionEmpty">Missed structures: there but not predicted, counted or not.</param>
public sealed record MetricSummary(double Mean, long Counted, long Skipped, long BothEmpty, long TargetEmpty, long PredictionEmpty)
{
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
