namespace SegLossBias.Experiments.Statistics;

/// <summary>One run on one set, after one of its epochs.</summary>
internal sealed record RunScore(RunResult Run, int Epoch, IReadOnlyList<CaseResult> Cases, SetScore Score);

/// <summary>All runs of one loss on one set, seed by seed; one or more.</summary>
internal sealed record LossScores(LossSpec Loss, IReadOnlyList<RunScore> Runs)
{
    /// <summary>Over the seeds.</summary>
    public Spread Over(Func<SetScore, double> value) => Spread.Of(Runs.Select(run => value(run.Score)));
}

/// <summary>The losses on one set of cases.</summary>
/// <param name="Name"><c>test</c> or <c>validation</c>.</param>
/// <param name="Classes">Names of the measured classes.</param>
/// <param name="Losses">Those with a run, in the order of the settings, after the last epoch; one or more.</param>
/// <param name="BestEpochs">Likewise after the epoch that did best on the validation cases; those that have saved it.</param>
internal sealed record MeasuredSet(string Name, IReadOnlyList<string> Classes, IReadOnlyList<LossScores> Losses, IReadOnlyList<LossScores> BestEpochs)
{
    public int Cases => Losses[0].Runs[0].Cases.Count;

    /// <summary>Whether any case has a group.</summary>
    public bool IsGrouped => Losses[0].Runs[0].Cases.Any(item => item.Group is not null);

    /// <summary>The test set, if there is one, and the validation set.</summary>
    public static IReadOnlyList<MeasuredSet> All(ExperimentResults results) =>
    [
        .. new[]
        {
            Of("test", results, run => run.Test, best => best.Test),
            Of("validation", results, run => run.Validation, best => best.Validation),
        }.OfType<MeasuredSet>(),
    ];

    private static MeasuredSet? Of(
        string name, ExperimentResults results, Func<RunResult, IReadOnlyList<CaseResult>> last, Func<BestEpoch, IReadOnlyList<CaseResult>> best)
    {
        var losses = Scores(results, run => new(run, run.Epochs.Count, last(run), SetScore.Of(last(run))));
        if (losses.Length == 0)
        {
            return null;
        }

        var first = losses[0].Runs[0].Run;
        return new(
            name, [.. first.Classes.Skip(first.FirstMeasured)], losses,
            Scores(results, run => run.Best is { } epoch ? new(run, epoch.Epoch, best(epoch), SetScore.Of(best(epoch))) : null));
    }

    private static LossScores[] Scores(ExperimentResults results, Func<RunResult, RunScore?> scoreOf)
    {
        var runs = results.Runs.Select(scoreOf).OfType<RunScore>().Where(run => run.Cases.Count > 0).ToLookup(run => run.Run.Loss);
        return [.. results.Settings.Losses.Where(loss => runs.Contains(loss.Text)).Select(loss => new LossScores(loss, [.. runs[loss.Text]]))];
    }
}
