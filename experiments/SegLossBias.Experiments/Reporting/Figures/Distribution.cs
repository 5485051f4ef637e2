namespace SegLossBias.Experiments.Reporting;

/// <summary>What many numbers are like: quartiles by linear interpolation between ranks, and a smooth density.</summary>
internal sealed class Distribution
{
    private readonly double[] _sorted;

    /// <param name="values">One or more finite numbers.</param>
    public Distribution(IEnumerable<double> values) => _sorted = [.. values.Order()];

    public IReadOnlyList<double> Values => _sorted;

    public double Mean => _sorted.Average();

    public double Median => Quantile(0.5);

    /// <summary>The value below which a share of the numbers lies: rank share·(n − 1), between neighbours in proportion.</summary>
    public double Quantile(double share)
    {
        var rank = share * (_sorted.Length - 1);
        var below = (int)Math.Floor(rank);
        var above = Math.Min(below + 1, _sorted.Length - 1);
        return _sorted[below] + ((rank - below) * (_sorted[above] - _sorted[below]));
    }

    /// <summary>Gaussian kernel density estimate, from the smallest number to the largest.</summary>
    /// <param name="points">Places at which it is evaluated, evenly spread.</param>
    /// <param name="narrowest">The least standard deviation of the kernel, in the unit of the numbers.</param>
    public IReadOnlyList<(double Value, double Density)> Density(int points, double narrowest)
    {
        var width = Math.Max(narrowest, Bandwidth());
        var (from, to) = (_sorted[0], _sorted[^1]);
        return [.. Enumerable.Range(0, points).Select(i => from + ((to - from) * i / (points - 1))).Select(at =>
            (at, _sorted.Average(value => Math.Exp(-0.5 * Math.Pow((at - value) / width, 2))) / (width * Math.Sqrt(2 * Math.PI))))];
    }

    /// <summary>0.9 · min(sd, IQR / 1.34) · n^(−1/5). Silverman, Density Estimation (1986), Eq. 3.31.</summary>
    private double Bandwidth() =>
        0.9 * Math.Min(Band.Of(_sorted).Deviation, (Quantile(0.75) - Quantile(0.25)) / 1.34) * Math.Pow(_sorted.Length, -0.2);
}
