namespace SegLossBias.Training;

/// <summary>Numbers of many cases for one epoch.</summary>
internal static class CaseScores
{
    /// <summary>Mean of an overlap metric over cases and classes; a structure neither true nor predicted is left out, a missed one and a false alarm count 0.</summary>
    public static double Mean(IReadOnlyList<CaseResult> cases, OverlapMetric metric)
    {
        double[] values = [.. cases.SelectMany(item => item.Classes).Where(result => result.Counts.Empty != EmptyCase.Both).Select(result => result.Counts.Value(metric))];
        return values.Length > 0 ? values.Average() : double.NaN;
    }

    /// <summary>Share of all valid pixels that the classes together have by one of their counts.</summary>
    public static double Share(IReadOnlyList<CaseResult> cases, Func<OverlapCounts, long> size) =>
        (double)cases.Sum(item => item.Classes.Sum(result => size(result.Counts))) / Math.Max(1, cases.Sum(item => item.Classes[0].Counts.ValidSize));
}
