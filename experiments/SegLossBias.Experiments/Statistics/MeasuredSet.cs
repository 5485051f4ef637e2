namespace SegLossBias.Experiments.Statistics;

/// <summary>One run on one set.</summary>
internal sealed record RunScore(RunResult Run, IReadOnlyList<CaseResult> Cases, SetScore Score);

/// <summary>All runs of one loss on one set, seed by seed; one or more.</summary>
internal sealed record LossScores(LossSpec Loss, IReadOnlyList<RunScore> Runs)
{
    /// <summary>Over the seeds.</summary>
    public Spread Over(Func<SetScore, double> value) => Spread.Of(Runs.Select(run => value(run.Score)));
}

/// <summary>The losses on one set of cases.</summary>
/// <param name="Name"><c>test</c> or <c>validation</c>.</param>
/// <param name="Classes">Names of the measured classes.</param>
/// <param name="Losses">Those with a run, in the order of the settings; one or more.</param>
internal sealed record MeasuredSet(string Name, IReadOnlyList<string> Classes, IReadOnlyList<LossScores> Losses)
{
    public int Cases => Losses[0].Runs[0].Cases.Count;

    /// <summary>Whether any case has a group.</summary>
    public bool IsGrouped => Losses[0].Runs[0].Cases.Any(item => item.Group is not null);

    /// <summary>The test set, if there is one, and the validation set.</summary>
    public static IReadOnlyList<MeasuredSet> All(ExperimentResults results) =>
        [.. new[] { Of("test", results, run => run.Test), Of("validation", results, run => run.Validation) }.OfType<MeasuredSet>()];

    private static MeasuredSet? Of(string name, ExperimentResults results, Func<RunResult, IReadOnlyList<CaseResult>> cases)
    {
        var runs = results.Runs.Where(run => cases(run).Count > 0).ToLookup(run => run.Loss);
        var losses = results.Settings.Losses.Where(loss => runs.Contains(loss.Text))
            .Select(loss => new LossScores(loss, [.. runs[loss.Text].Select(run => new RunScore(run, cases(run), SetScore.Of(cases(run))))])).ToArray();
        if (losses.Length == 0)
        {
            return null;
        }

        var first = losses[0].Runs[0].Run;
        return new(name, [.. first.Classes.Skip(first.FirstMeasured)], losses);
    }
}
