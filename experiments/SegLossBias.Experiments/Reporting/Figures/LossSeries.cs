namespace SegLossBias.Experiments.Reporting;

/// <summary>A loss of an experiment with its finished runs, one per seed, each with measured cases.</summary>
internal sealed record LossSeries(LossSpec Loss, LossStyle Style, IReadOnlyList<RunResult> Runs)
{
    /// <summary>The losses that have results, in the order of the settings.</summary>
    public static IReadOnlyList<LossSeries> Of(ExperimentResults results) =>
        [.. results.Settings.Losses.Zip(LossStyle.For(results.Settings.Losses), (loss, style) =>
            new LossSeries(loss, style, [.. results.Runs.Where(run => run.Loss == loss.Text && ExperimentResults.Measured(run).Count > 0)])).Where(series => series.Runs.Count > 0)];

    /// <summary>"40 test cases, 3 seeds": what a figure of the measured cases is about; "1 to 3 seeds" where losses differ.</summary>
    public static string Measured(IReadOnlyList<LossSeries> losses)
    {
        var run = losses[0].Runs[0];
        var (fewest, most) = (losses.Min(series => series.Runs.Count), losses.Max(series => series.Runs.Count));
        var range = fewest < most ? FormattableString.Invariant($"{fewest} to ") : "";
        return FormattableString.Invariant(
            $"{Count(ExperimentResults.Measured(run).Count, run.Test.Count > 0 ? "test case" : "validation case")}, {range}{Count(most, "seed")}");
    }

    public static string Count(int number, string thing) => FormattableString.Invariant($"{number} {thing}{(number == 1 ? "" : "s")}");
}
