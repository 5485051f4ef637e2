namespace SegLossBias.Experiments.Reporting;

/// <summary>Which way the predicted sizes of regions lean. A region is one measured class of one case.</summary>
internal static class SizeBias
{
    /// <summary>
    /// Predicted over true size of all measured regions of a run together; without a background, where all regions together
    /// always are all pixels, of each class, mean over the classes that occur. NaN where nothing is true.
    /// </summary>
    public static double OfRun(RunResult run)
    {
        if (run.FirstMeasured == 0)
        {
            return 1 + SetScore.Of(ExperimentResults.Measured(run)).SizeError;
        }

        var all = Regions([run]).Aggregate(default(OverlapCounts), (sum, region) => sum + region);
        return all.TargetSize > 0 ? (double)all.PredictedSize / all.TargetSize : double.NaN;
    }

    /// <summary>
    /// Regions that are there, ordered by true size and cut into groups of equal number: true share of the pixels, and
    /// predicted over true size, of each group together.
    /// </summary>
    /// <param name="runs">Runs whose regions are put together.</param>
    /// <param name="groups">At most so many groups; fewer where there are fewer regions.</param>
    public static IReadOnlyList<(double TrueShare, double Ratio)> BySize(IEnumerable<RunResult> runs, int groups)
    {
        var regions = Regions(runs).Where(region => region.TargetSize > 0)
            .OrderBy(region => (double)region.TargetSize / region.ValidSize).ToArray();
        return [.. regions.Select((region, rank) => (region, group: rank * (long)groups / regions.Length))
            .GroupBy(pair => pair.group, pair => pair.region)
            .Select(group => group.Aggregate((a, b) => a + b))
            .Select(sum => ((double)sum.TargetSize / sum.ValidSize, (double)sum.PredictedSize / sum.TargetSize))];
    }

    private static IEnumerable<OverlapCounts> Regions(IEnumerable<RunResult> runs) =>
        runs.SelectMany(ExperimentResults.Measured).SelectMany(result => result.Classes).Select(class_ => class_.Counts);
}
