namespace SegLossBias.Experiments.Reporting;

/// <summary>All aggregated numbers in one file, with full precision; proportions are 0 to 1.</summary>
internal static class ResultJson
{
    public static void Write(
        string path, ExperimentResults results, IReadOnlyList<MeasuredSet> sets, IEnumerable<ComparisonFamily> families)
    {
        var metrics = ScoreMetric.All(ScoreTable.DistanceUnit(results.Settings));
        object Scores(MeasuredSet set, LossScores loss) => new
        {
            Loss = loss.Loss.Text,
            Seeds = loss.Runs.Select(run => run.Run.Seed),
            Epochs = loss.Runs.Select(run => run.Epoch),
            Scores = metrics.ToDictionary(metric => metric.Key, metric => loss.Over(metric.Value)),
            ClassDice = set.Classes.Select((_, index) => loss.Over(score => score.ClassDice[index])),
            ClassIou = set.Classes.Select((_, index) => loss.Over(score => score.ClassIou[index])),
            Runs = loss.Runs.Select(run => run.Score),
        };
        ResultFolder.WriteWhole(path, new
        {
            DistanceUnit = ScoreTable.DistanceUnit(results.Settings),
            Sets = sets.Select(set => new
            {
                set.Name,
                set.Cases,
                set.Classes,
                Losses = set.Losses.Select(loss => Scores(set, loss)),
                BestEpochs = set.BestEpochs.Select(loss => Scores(set, loss)),
            }),
            Comparisons = families.Select(family => new
            {
                family.Set,
                family.Name,
                Pairs = family.Comparisons.Select(one => new
                {
                    Loss = one.Loss.Text,
                    Against = one.Against.Text,
                    one.Seeds,
                    one.MedianDifference,
                    one.Difference,
                    one.Test,
                    one.CorrectedP,
                }),
            }),
            Missing = results.Missing.Select(run => new { Loss = run.Loss.Text, run.Seed }),
        });
    }
}
