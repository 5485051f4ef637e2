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
            [.. metrics.Select(metric => (metric.Header, metric.Column(set.Losses))), ("missed", Counts(set, score => score.Missed)), ("false alarms", Counts(set, score => score.FalseAlarms)), ("structures", Counts(set, score => score.Structures))],
            Invariant($"DSC, IoU, NSD (tolerance {settings.ToleranceMm} {unit}), HD95: mean over cases of the mean over the measured classes: all but a background. ")
            + "A class that a case neither has nor is given is left out; missed or falsely predicted it counts 0, and the diagonal for HD95. "
            + "Size error: predicted over true pixels of all cases, less one (mean over classes); |size error|: of each structure, then the mean. "
            + "Missed: structures without a predicted pixel; false alarms: classes predicted where they are not; per run. "
            + "After the last epoch; nothing is selected.");
    }

    /// <summary>DSC of each measured class; null for a single one.</summary>
    public static TextTable? PerClass(MeasuredSet set, ExperimentSettings settings) => set.Classes.Count < 2
        ? null
        : Table(
            $"{set.Name} set, DSC % by class", set, settings,
            [.. set.Classes.Select((name, index) => (name, ScoreMetric.OfClass(name, index).Column(set.Losses)))],
            "DSC: mean over the cases that have the class or are given it; missed or falsely predicted it counts 0.");

    /// <summary>Pictures have no spacing: their distances are in pixels as trained on.</summary>
    public static string DistanceUnit(ExperimentSettings settings) => settings.Dimensions == 3 ? "mm" : "px";

    private static TextTable Table(
        string title, MeasuredSet set, ExperimentSettings settings, IReadOnlyList<(string Header, IReadOnlyList<Cell> Cells)> columns, string definition)
    {
        var cutShort = set.Losses.SelectMany(loss => loss.Runs.Select(run => (loss.Loss, run.Run))).Where(pair => pair.Run.Note is not null).ToArray();
        var names = set.Losses.Select(loss => new Cell(loss.Loss.Label + (cutShort.Any(pair => pair.Loss == loss.Loss) ? " *" : "")));
        var most = set.Losses.Max(loss => loss.Runs.Count);
        return new(
            title, ["loss", .. columns.Select(column => column.Header)],
            [.. names.Select((name, row) => (IReadOnlyList<Cell>)[name, .. columns.Select(column => column.Cells[row])])],
            [
                .. cutShort.Select(pair => Invariant($"* {pair.Loss.Label}, seed {pair.Run.Seed}: {pair.Run.Note}; the values are those {After(pair.Run, settings)}")),
                .. set.Losses.Where(loss => loss.Runs.Count < most).Select(loss => Invariant($"{loss.Loss.Label}: {loss.Runs.Count} of {most} seeds only")),
                (most > 1 ? Invariant($"Mean ± standard deviation over {most} seeds. ") : "") + "Bold: best; underlined: second best. " + definition,
            ]);
    }

    private static string After(RunResult run, ExperimentSettings settings) => run.Epochs.Count > 0
        ? Invariant($"after epoch {run.Epochs.Count} of {settings.Epochs}")
        : "of the untrained network";

    private static Cell[] Counts(MeasuredSet set, Func<SetScore, double> count) =>
        [.. set.Losses.Select(loss => new Cell(Invariant($"{loss.Over(count).Mean:0.#}")))];
}
