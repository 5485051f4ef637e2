namespace SegLossBias.Experiments.Statistics;

/// <summary>Holm's step-down correction: controls the probability of one false finding or more among many comparisons.</summary>
internal static class Holm
{
    /// <summary>
    /// With the m values in ascending order, corrected p₍ᵢ₎ = max over j ≤ i of min(1, (m − j + 1)·p₍ⱼ₎); returned in the
    /// order given. Holm, Scandinavian Journal of Statistics 6:65 (1979).
    /// </summary>
    public static double[] Correct(IReadOnlyList<double> values)
    {
        var corrected = new double[values.Count];
        var largest = 0.0;
        foreach (var (step, index) in Enumerable.Range(0, values.Count).OrderBy(i => values[i]).Index())
        {
            largest = Math.Max(largest, Math.Min(1, (values.Count - step) * values[index]));
            corrected[index] = largest;
        }

        return corrected;
    }
}
