namespace SegLossBias.Experiments.Reporting;

/// <summary>What a few numbers, one per seed, are like.</summary>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="Deviation">Sample standard deviation (n − 1); 0 for one number.</param>
/// <param name="Least">The smallest.</param>
/// <param name="Most">The largest.</param>
internal readonly record struct Band(double Mean, double Deviation, double Least, double Most)
{
    /// <param name="values">One or more finite numbers.</param>
    public static Band Of(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        var squares = values.Sum(value => (value - mean) * (value - mean));
        return new(mean, Math.Sqrt(squares / Math.Max(values.Count - 1, 1)), values.Min(), values.Max());
    }
}
