namespace SegLossBias.Experiments.Reporting;

/// <summary>A value over the epochs of several runs.</summary>
internal static class EpochCurve
{
    /// <summary>The epochs in which some run has a finite value, with what those runs have.</summary>
    public static IReadOnlyList<(int Epoch, Band Value)> Of(IEnumerable<RunResult> runs, Func<EpochRecord, double> value) =>
        [.. runs.SelectMany(run => run.Epochs).Where(epoch => double.IsFinite(value(epoch)))
            .GroupBy(epoch => epoch.Epoch).OrderBy(group => group.Key)
            .Select(group => (group.Key, Band.Of([.. group.Select(value)])))];
}
