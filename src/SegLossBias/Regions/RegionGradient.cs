namespace SegLossBias;

/// <summary>The gradient of a loss with respect to the statistics of some passes, laid out as they are.</summary>
/// <param name="passes">The passes.</param>
internal sealed class RegionGradient(FusedPass[] passes)
{
    /// <summary>For each pass.</summary>
    internal double[][] Upstream { get; } = Array.ConvertAll(passes, pass => new double[pass.Results.Length]);

    /// <summary>Adds [images, columns] numbers.</summary>
    internal void Add(StatisticSource source, ReadOnlySpan<double> numbers)
    {
        var (pass, place) = RegionNumbers.Find(passes, source.Statistic!.Value);
        var (upstream, columns) = (Upstream[Array.IndexOf(passes, pass)], source.Columns);
        for (var (start, row) = (0, place * pass.RowLength); start < numbers.Length; start += columns.Length, row += pass.Rows * pass.RowLength)
        {
            for (var i = 0; i < columns.Length; i++)
            {
                upstream[row + columns[i]] += numbers[start + i];
            }
        }
    }
}
