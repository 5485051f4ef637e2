using CsvHelper;

namespace SegLossBias.Experiments.Reporting;

/// <summary>The numbers behind the tables, with full precision; proportions are 0 to 1.</summary>
internal static class ResultCsv
{
    private static readonly CsvWriterOptions Options = CsvWriterOptions.Default with { NewLine = "\n" };

    /// <summary>One row per run, set and reported epoch.</summary>
    public static void Results(string path, IReadOnlyList<MeasuredSet> sets) => Write(
        path, Runs(sets),
        ("set", row => row.Set.Name),
        ("reported_epoch", row => row.When),
        ("epoch", row => row.One.Epoch),
        ("loss", row => row.One.Run.Loss),
        ("seed", row => row.One.Run.Seed),
        ("epochs", row => row.One.Run.Epochs.Count),
        ("cases", row => row.One.Cases.Count),
        ("dsc", row => row.One.Score.Dice),
        ("pooled_dsc", row => row.One.Score.PooledDice),
        ("iou", row => row.One.Score.Iou),
        ("pooled_iou", row => row.One.Score.PooledIou),
        ("nsd", row => row.One.Score.Nsd),
        ("hd95", row => row.One.Score.Hd95),
        ("size_error", row => row.One.Score.SizeError),
        ("absolute_size_error", row => row.One.Score.AbsoluteSizeError),
        ("missed", row => row.One.Score.Missed),
        ("false_alarms", row => row.One.Score.FalseAlarms),
        ("structures", row => row.One.Score.Structures),
        ("training_seconds", row => row.One.Run.Epochs.Sum(epoch => epoch.Seconds)),
        ("note", row => row.One.Run.Note));

    /// <summary>One row per run, set, reported epoch, case and class: the measurements themselves, with no policy for empty masks.</summary>
    public static void Cases(string path, IReadOnlyList<MeasuredSet> sets) => Write(
        path, Runs(sets).SelectMany(row => row.One.Cases.SelectMany(item => item.Classes.Select(result => (row.Set, row.When, row.One.Run, Case: item, Result: result)))),
        ("set", row => row.Set.Name),
        ("reported_epoch", row => row.When),
        ("loss", row => row.Run.Loss),
        ("seed", row => row.Run.Seed),
        ("case", row => row.Case.Name),
        ("group", row => row.Case.Group),
        ("class", row => row.Result.Class),
        ("class_name", row => row.Run.Classes[row.Result.Class]),
        ("true_positives", row => row.Result.TruePositives),
        ("false_positives", row => row.Result.FalsePositives),
        ("false_negatives", row => row.Result.FalseNegatives),
        ("true_negatives", row => row.Result.TrueNegatives),
        ("soft_pixels", row => row.Result.Soft),
        ("dsc", row => row.Result.Counts.Dice),
        ("iou", row => row.Result.Counts.IoU),
        ("nsd", row => row.Result.Nsd),
        ("hd95", row => row.Result.Hd95),
        ("asd", row => row.Result.Asd),
        ("diagonal", row => row.Case.DiagonalMm));

    /// <summary>One row per run and epoch.</summary>
    public static void Epochs(string path, ExperimentResults results) => Write(
        path, results.Runs.SelectMany(run => run.Epochs.Select(epoch => (Run: run, Epoch: epoch))),
        ("loss", row => row.Run.Loss),
        ("seed", row => row.Run.Seed),
        ("epoch", row => row.Epoch.Epoch),
        ("train_loss", row => row.Epoch.TrainLoss),
        ("validation_loss", row => row.Epoch.ValidationLoss),
        ("parts_of_last_batch", row => row.Epoch.Parts),
        ("learning_rate", row => row.Epoch.LearningRate),
        ("dsc", row => row.Epoch.Dice),
        ("pooled_dsc", row => row.Epoch.PooledDice),
        ("iou", row => row.Epoch.Iou),
        ("true_size", row => row.Epoch.TrueSize),
        ("predicted_size", row => row.Epoch.PredictedSize),
        ("seconds", row => row.Epoch.Seconds));

    /// <summary>One row per comparison.</summary>
    public static void Significance(string path, IEnumerable<ComparisonFamily> families) => Write(
        path, families.SelectMany(family => family.Comparisons.Select(one => (Family: family, One: one))),
        ("set", row => row.Family.Set),
        ("family", row => row.Family.Name),
        ("loss", row => row.One.Loss.Text),
        ("against", row => row.One.Against.Text),
        ("seeds", row => row.One.Seeds.Count),
        ("n", row => row.One.Test.Pairs),
        ("zeros", row => row.One.Test.Zeros),
        ("median_difference", row => row.One.MedianDifference),
        ("mean_difference", row => row.One.Difference.Mean),
        ("mean_difference_low", row => row.One.Difference.Low),
        ("mean_difference_high", row => row.One.Difference.High),
        ("exact", row => row.One.Test.IsExact),
        ("p", row => row.One.Test.PValue),
        ("corrected_p", row => row.One.CorrectedP),
        ("r", row => row.One.Test.Effect));

    /// <summary>Of each set the runs after their last epoch, then after their best.</summary>
    private static IEnumerable<(MeasuredSet Set, string When, RunScore One)> Runs(IReadOnlyList<MeasuredSet> sets) => sets.SelectMany(set =>
        set.Losses.SelectMany(loss => loss.Runs.Select(run => (set, "last", run))).Concat(set.BestEpochs.SelectMany(loss => loss.Runs.Select(run => (set, "best", run)))));

    private static void Write<T>(string path, IEnumerable<T> rows, params (string Name, Func<T, object?> Value)[] columns) => AtomicFile.Write(path, stream =>
    {
        using var csv = CsvWriter.Create(stream, Options, leaveOpen: true);
        csv.WriteHeader([.. columns.Select(column => column.Name)]);
        foreach (var row in rows)
        {
            foreach (var (_, value) in columns)
            {
                csv.WriteField(value(row));
            }

            csv.EndRecord();
        }
    });
}
