using static System.FormattableString;

namespace SegLossBias.Experiments.Reporting;

/// <summary>DSC over λ: a row per λ, a column per loss.</summary>
internal static class AblationTable
{
    /// <returns>Null unless some loss was trained with two λ or more.</returns>
    public static TextTable? Of(MeasuredSet set)
    {
        var columns = set.Losses.GroupBy(loss => loss.Loss with { Lambda = null }).Where(group => group.Count() > 1).ToArray();
        if (columns.Length == 0)
        {
            return null;
        }

        // A loss without λ has its own default and comes last.
        var rows = columns.SelectMany(group => group.Select(loss => loss.Loss.Lambda)).Distinct().OrderBy(lambda => lambda ?? double.PositiveInfinity).ToArray();
        var cells = columns.Select(group => ScoreMetric.Dice.Column(rows.Select(lambda => group.FirstOrDefault(loss => loss.Loss.Lambda == lambda)))).ToArray();
        return new(
            $"{set.Name} set, DSC % over λ", ["λ", .. columns.Select(group => group.Key.Label)],
            [.. rows.Select((lambda, row) => (IReadOnlyList<Cell>)[new(lambda is { } value ? Invariant($"{value}") : "default"), .. cells.Select(column => column[row])])],
            ["Means as above; bold: the best λ of a loss; underlined: its second best."]);
    }
}
