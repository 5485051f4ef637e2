using static System.FormattableString;

namespace SegLossBias.Experiments.Reporting;

/// <summary>DSC over λ: a row per λ, a column per loss.</summary>
internal static class AblationTable
{
    /// <returns>Null unless some loss was trained with two λ or more.</returns>
    public static TextTable? Of(MeasuredSet set)
    {
        var (last, best) = (Columns(set.Losses), Columns(set.BestEpochs));
        if (last.Length == 0)
        {
            return null;
        }

        // A loss without λ has its own default and comes last.
        var rows = last.SelectMany(group => group.Select(loss => loss.Loss.Lambda)).Distinct().OrderBy(lambda => lambda ?? double.PositiveInfinity).ToArray();
        var cells = last.Concat(best).Select(group => ScoreMetric.Dice.Column(rows.Select(lambda => group.FirstOrDefault(loss => loss.Loss.Lambda == lambda)))).ToArray();
        return new(
            $"{set.Name} set, DSC % over λ", ["λ", .. last.Select(group => group.Key.Label), .. best.Select(group => group.Key.Label + ", best epoch")],
            [.. rows.Select((lambda, row) => (IReadOnlyList<Cell>)[new(lambda is { } value ? Invariant($"{value}") : "default"), .. cells.Select(column => column[row])])],
            ["Means as above; bold: the best λ of a loss; underlined: its second best."]);
    }

    private static IGrouping<LossSpec, LossScores>[] Columns(IReadOnlyList<LossScores> losses) =>
        [.. losses.GroupBy(loss => loss.Loss with { Lambda = null }).Where(group => group.Count() > 1)];
}
