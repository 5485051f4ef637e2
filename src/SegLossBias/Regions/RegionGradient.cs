namespace SegLossBias;

/// <summary>The gradient of a loss with respect to the statistics of some passes, laid out as they are.</summary>
/// <param name="passes">The passes.</param>
internal sealed class RegionGradient(IReadOnlyList<FusedPass> passes)
{
    /// <summary>For each pass.</summary>
    internal double[][] Upstream { get; } = [.. passes.Select(pass => new double[pass.Results.Length])];

    /// <summary>Adds [images, columns] numbers.</summary>
    internal void Add(StatisticSource source, ReadOnlySpan<double> numbers)
    {
        var (pass, place) = RegionNumbers.Find(passes, source.Statistic!.Value);
        var index = 0;
        while (passes[index] != pass)
        {
            index++;
        }

        var columns = source.Columns;
        for (var i = 0; i < numbers.Length; i++)
        {
            var image = i / columns.Count;
            Upstream[index][(((image * pass.Rows) + place) * pass.RowLength) + columns[i % columns.Count]] += numbers[i];
        }
    }
}
