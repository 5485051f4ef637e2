using MathNet.Numerics.Statistics;

namespace SegLossBias.Experiments.Statistics;

/// <summary>Two losses compared case by case on one set, among other comparisons.</summary>
/// <remarks>
/// The value of a case is its mean DSC over classes, averaged over the seeds that both losses have; where a network leaves a
/// case without a value (nothing there, nothing predicted), that case and seed count for neither. The unit of the test is
/// the case or, where cases have a group, the mean over the cases of one group.
/// </remarks>
/// <param name="Loss">One loss.</param>
/// <param name="Against">The other.</param>
/// <param name="Seeds">Those that both have.</param>
/// <param name="MedianDifference">Of DSC, the first less the second, over units; −1 to 1.</param>
/// <param name="Difference">The mean of the same differences, with its interval.</param>
/// <param name="Test">Of the differences.</param>
/// <param name="CorrectedP">Holm-corrected over the comparisons made together.</param>
internal sealed record LossComparison(
    LossSpec Loss, LossSpec Against, IReadOnlyList<int> Seeds, double MedianDifference, BootstrapInterval Difference, WilcoxonSignedRank Test, double CorrectedP)
{
    /// <summary>Decimals of a difference of DSC that count, so that equal ones do not differ by rounding.</summary>
    private const int Decimals = 12;

    /// <param name="pairs">What is compared together; pairs that have no case with a common seed are left out.</param>
    public static IReadOnlyList<LossComparison> Of(IEnumerable<(LossScores Loss, LossScores Against)> pairs)
    {
        var comparisons = pairs.Select(pair => Compare(pair.Loss, pair.Against)).Where(one => one.Test.Pairs > 0).ToArray();
        var corrected = Holm.Correct([.. comparisons.Select(one => one.Test.PValue)]);
        return [.. comparisons.Zip(corrected, (one, p) => one with { CorrectedP = p })];
    }

    private static LossComparison Compare(LossScores loss, LossScores against)
    {
        var runs = loss.Runs.Join(against.Runs, run => run.Run.Seed, run => run.Run.Seed, (one, other) => (one, other)).ToArray();
        var differences = runs.SelectMany(pair => Differences(pair.one, pair.other))
            .GroupBy(pair => (pair.Case, pair.Unit), (item, all) => (item.Unit, Value: all.Average(pair => pair.Value)))
            .GroupBy(pair => pair.Unit, (_, all) => Math.Round(all.Average(pair => pair.Value), Decimals)).ToArray();
        var test = WilcoxonSignedRank.Of(differences);
        return new(loss.Loss, against.Loss, [.. runs.Select(pair => pair.one.Run.Seed)], differences.Median(), BootstrapInterval.Of(differences), test, test.PValue);
    }

    private static IEnumerable<(string Case, string Unit, double Value)> Differences(RunScore one, RunScore other) => one.Cases
        .Join(other.Cases, item => item.Name, item => item.Name, (a, b) => (a.Name, Unit: a.Group ?? a.Name, Value: StructureScore.Of(a)?.Dice - StructureScore.Of(b)?.Dice))
        .Where(pair => pair.Value is not null).Select(pair => (pair.Name, pair.Unit, pair.Value!.Value));
}
