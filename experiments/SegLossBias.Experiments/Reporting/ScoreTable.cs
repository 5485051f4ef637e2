using static System.FormattableString;

namespace SegLossBias.Experiments.Reporting;

/// <summary>The losses on one set of cases, a row each.</summary>
internal static class ScoreTable
{
    /// <summary>Every metric, and how many structures were missed.</summary>
    public static TextTable Overall(MeasuredSet set, ExperimentSettings settings)
    {
        var unit = DistanceUnit(settings);
        var metrics = ScoreMetric.All(unit);
        return Table(
            Invariant($"{set.Name} set, {set.Cases} {(set.Cases == 1 ? "case" : "cases")}"), set, settings,
            [.. metrics.Select(metric => metric.Header), "missed", "false alarms", "structures"],
            losses => [.. metrics.Select(metric => metric.Column(losses)), Counts(losses, score => score.Missed), Counts(losses, score => score.FalseAlarms), Counts(losses, score => score.Structures)],
            Invariant($"DSC, IoU, NSD (tolerance {settings.ToleranceMm} {unit}), HD95: mean over cases of the mean over the measured classes: all but a background. ")
            + "A class that a case neither has nor is given is left out; missed or falsely predicted it counts 0, and the diagonal for HD95. "
            + "Pooled: of the pixels of all cases together, mean over classes. "
            + "Size error: predicted over true pixels of all cases, less one (mean over classes); |size error|: of each structure, then the mean. "
            + "Missed: structures without a predicted pixel; false alarms: classes predicted where they are not; per run. ");
    }

    /// <summary>DSC of each measured class; null for a single one.</summary>
    public static TextTable? PerClass(MeasuredSet set, ExperimentSettings settings) => set.Classes.Count < 2
        ? null
        : Table(
            $"{set.Name} set, DSC % by class", set, settings, set.Classes,
            losses => [.. set.Classes.Select((name, index) => ScoreMetric.OfClass(name, index).Column(losses))],
            "DSC: mean over the cases that have the class or are given it; missed or falsely predicted it counts 0. ");

    /// <summary>Pooled IoU of each measured class below its share of the pixels, and the mean; null for a single one.</summary>
    public static TextTable? IouPerClass(MeasuredSet set, ExperimentSettings settings)
    {
        if (set.Classes.Count < 2)
        {
            return null;
        }

        var shares = set.Losses[0].Runs[0].Score.ClassShare;
        var mean = ScoreMetric.All(DistanceUnit(settings)).Single(metric => metric.Key == "pooled_iou");
        var table = Table(
            $"{set.Name} set, IoU % by class", set, settings, [.. set.Classes, "mean"],
            losses => [.. set.Classes.Select((name, index) => ScoreMetric.IouOfClass(name, index).Column(losses)), mean.Column(losses)],
            "IoU: of the pixels of all cases together. First row: the class's share of all valid pixels. ");
        return table with { Rows = [[new("share of pixels %"), .. shares.Select(share => new Cell(Invariant($"{100 * share:0.00}"))), new("")], .. table.Rows] };
    }

    /// <summary>Pictures have no spacing: their distances are in pixels as trained on.</summary>
    public static string DistanceUnit(ExperimentSettings settings) => settings.Dimensions == 3 ? "mm" : "px";

    private static TextTable Table(
        string title, MeasuredSet set, ExperimentSettings settings, IReadOnlyList<string> headers,
        Func<IReadOnlyList<LossScores>, IReadOnlyList<IReadOnlyList<Cell>>> columnsOf, string definition)
    {
        var cutShort = set.Losses.SelectMany(loss => loss.Runs.Select(run => (loss.Loss, run.Run))).Where(pair => pair.Run.Note is not null).ToArray();
        var most = set.Losses.Max(loss => loss.Runs.Count);
        IEnumerable<IReadOnlyList<Cell>> Rows(IReadOnlyList<LossScores> losses, string suffix)
        {
            var columns = columnsOf(losses);
            return losses.Select((loss, row) => (IReadOnlyList<Cell>)
                [new(loss.Loss.Label + suffix + (cutShort.Any(pair => pair.Loss == loss.Loss) ? " *" : "")), .. columns.Select(column => column[row])]);
        }

        return new(
            title, ["loss", .. headers], [.. Rows(set.Losses, ""), .. Rows(set.BestEpochs, ", best epoch")],
            [
                .. cutShort.Select(pair => Invariant($"* {pair.Loss.Label}, seed {pair.Run.Seed}: {pair.Run.Note}; the values are those {After(pair.Run, settings)}")),
                .. set.Losses.Where(loss => loss.Runs.Count < most).Select(loss => Invariant($"{loss.Loss.Label}: {loss.Runs.Count} of {most} seeds only")),
                (most > 1 ? Invariant($"Mean ± standard deviation over {most} seeds. ") : "") + "Bold: best; underlined: second best. " + definition + Epochs(set, settings),
            ]);
    }

    private static string Epochs(MeasuredSet set, ExperimentSettings settings) => set.BestEpochs.Count == 0
        ? "After the last epoch; nothing is selected."
        : $"After the last epoch, where nothing is selected; \"best epoch\": of each run after that with the best {Measure(settings.BestMeasure)} on the validation cases"
            + $"{(set.Name == "validation" ? ", these, so that it is flattered here" : "")}. Bold and underlined within each kind of row.";

    private static string Measure(ValidationMeasure measure) => measure switch
    {
        ValidationMeasure.Dice => "DSC",
        ValidationMeasure.PooledDice => "pooled DSC",
        _ => "loss",
    };

    private static string After(RunResult run, ExperimentSettings settings) => run.Epochs.Count > 0
        ? Invariant($"after epoch {run.Epochs.Count} of {settings.Epochs}")
        : "of the untrained network";

    private static Cell[] Counts(IReadOnlyList<LossScores> losses, Func<SetScore, double> count) =>
        [.. losses.Select(loss => new Cell(Invariant($"{loss.Over(count).Mean:0.#}")))];
}
