namespace SegLossBias;

/// <summary>Sums of region sizes and their errors by region and by bin of the true size. Bin 0 has the absent regions.</summary>
internal sealed class SizeTable
{
    /// <summary>Images, Σŷ, Σp̂, Σ|p̂−ŷ|, Σ(p̂−ŷ)/ŷ, Σ|p̂−ŷ|/ŷ.</summary>
    private const int Sums = 6;

    private readonly IReadOnlyList<double> _edges;

    internal SizeTable(int regions, IReadOnlyList<double> edges)
    {
        _edges = edges;
        Cells = [.. Enumerable.Range(0, regions).Select(_ => Enumerable.Range(0, edges.Count + 2).Select(_ => new double[Sums]).ToArray())];
    }

    /// <summary>[regions][bins][sums].</summary>
    internal double[][][] Cells { get; }

    internal void Add(int region, RegionSums sums)
    {
        if (sums.ValidSize == 0)
        {
            return;
        }

        var (truth, predicted) = (sums.TargetSize / sums.ValidSize, sums.PredictedSize / sums.ValidSize);
        var bin = truth == 0 ? 0 : 1 + _edges.Count(edge => truth > edge);
        double[] added = [1, truth, predicted, Math.Abs(predicted - truth), truth == 0 ? 0 : (predicted - truth) / truth, truth == 0 ? 0 : Math.Abs(predicted - truth) / truth];
        Add(Cells[region][bin], added);
    }

    internal void Add(double[][][] cells)
    {
        for (var region = 0; region < Cells.Length; region++)
        {
            for (var bin = 0; bin < Cells[region].Length; bin++)
            {
                Add(Cells[region][bin], cells[region][bin]);
            }
        }
    }

    /// <summary>Those bins that have images.</summary>
    internal IEnumerable<SizeBin> Bins(IReadOnlyList<string> names) =>
        from region in Enumerable.Range(0, Cells.Length)
        from bin in Enumerable.Range(0, _edges.Count + 2)
        let cell = Cells[region][bin]
        where cell[0] > 0
        select new SizeBin(
            names[region], bin < 2 ? 0 : _edges[bin - 2], bin == 0 ? 0 : bin - 1 < _edges.Count ? _edges[bin - 1] : 1,
            (long)cell[0], cell[1] / cell[0], cell[2] / cell[0], cell[3] / cell[0],
            bin == 0 ? double.NaN : cell[4] / cell[0], bin == 0 ? double.NaN : cell[5] / cell[0]);

    private static void Add(double[] cell, double[] added)
    {
        for (var i = 0; i < Sums; i++)
        {
            cell[i] += added[i];
        }
    }
}
