namespace SegLossBias.Tests.Attack.Soak;

/// <summary>Whether a run was flat.</summary>
/// <param name="IsGood">It was.</param>
/// <param name="Text">Numbers and limits.</param>
internal sealed record SoakVerdict(bool IsGood, string Text)
{
    /// <summary>
    /// Growth over the second half of a run, when caches and pools are full: the median of its last quarter less that of the
    /// quarter before, per 1,000 steps. Noise moves single samples; medians of quarters it moves little.
    /// </summary>
    private const double MostProcessGrowth = 1, MostManagedGrowth = 0.2;

    /// <summary>What a short run may differ by, in MB: it has few steps to divide by.</summary>
    private const double Slack = 20, ManagedSlack = 2;

    internal static SoakVerdict Of(IReadOnlyList<SoakSample> samples, long handlesLeft, IReadOnlyCollection<string> problems)
    {
        var (process, managed) = (Growth(samples, sample => sample.ProcessMegabytes), Growth(samples, sample => sample.ManagedMegabytes));
        var thousands = samples[^1].Steps / 4000.0;
        List<string> faults = [.. problems];
        faults.AddRange(handlesLeft == 0 ? [] : [$"steps have left {handlesLeft} tensors"]);
        faults.AddRange(process <= Slack + (MostProcessGrowth * thousands) ? [] : ["the memory of the process grows"]);
        faults.AddRange(managed <= ManagedSlack + (MostManagedGrowth * thousands) ? [] : ["the managed memory grows"]);
        var text = FormattableString.Invariant(
            $"{samples[^1].Steps} steps in {samples[^1].Seconds:F0} s; third to last quarter: process {process:+0.0;-0.0} MB, managed {managed:+0.00;-0.00} MB; at the end {samples[^1].ProcessMegabytes:F0} MB, {handlesLeft} tensors left by steps");
        return new(faults.Count == 0, string.Join(Environment.NewLine, [text, .. faults.Select(fault => $"error: {fault}")]));
    }

    private static double Growth(IReadOnlyList<SoakSample> samples, Func<SoakSample, double> of)
    {
        double Median(double from, double to)
        {
            var steps = samples[^1].Steps;
            double[] sorted = [.. samples.Where(sample => sample.Steps >= from * steps && sample.Steps <= to * steps).Select(of).Order()];
            return sorted.Length == 0 ? of(samples[^1]) : sorted[sorted.Length / 2];
        }

        return Median(0.75, 1) - Median(0.5, 0.75);
    }
}
