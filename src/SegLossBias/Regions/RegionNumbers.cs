namespace SegLossBias;

/// <summary>Statistics as plain numbers, by what a formula asks for.</summary>
/// <param name="passes">What the kernel gathered, in one pass nearly always.</param>
/// <param name="input">From what.</param>
internal sealed class RegionNumbers(IReadOnlyList<FusedPass> passes, FusedInput input)
{
    private readonly int _classes = input.Classes;

    internal int Images { get; } = input.Images;

    /// <summary>Copies [images, columns] numbers.</summary>
    internal void Read(StatisticSource source, Span<double> numbers)
    {
        var columns = source.Columns;
        var (pass, place) = source.Statistic is { } statistic ? Find(passes, statistic) : (passes[0], passes[0].Rows - 1);
        for (var image = 0; image < Images; image++)
        {
            var row = pass.Results.AsSpan(((image * pass.Rows) + place) * pass.RowLength, pass.RowLength);
            var target = numbers.Slice(image * columns.Count, columns.Count);
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = source.Statistic is not null ? row[columns[i]] : Size(source.Size, row, columns[i]);
            }
        }
    }

    /// <summary>The pass that gathered a statistic, and its place there.</summary>
    internal static (FusedPass Pass, int Place) Find(IReadOnlyList<FusedPass> passes, RegionStatistic statistic)
    {
        foreach (var pass in passes)
        {
            for (var place = 0; place < pass.Request.Statistics.Count; place++)
            {
                if (pass.Request.Statistics[place] == statistic)
                {
                    return (pass, place);
                }
            }
        }

        throw new InvalidOperationException($"{statistic} was not gathered.");
    }

    /// <param name="kind">Which size.</param>
    /// <param name="targets">The target sizes of the image; exclusive classes have no backgrounds there.</param>
    /// <param name="column">The region.</param>
    private double Size(TargetSizeKind kind, ReadOnlySpan<double> targets, int column)
    {
        var k = column % _classes;
        var isExclusive = input.Mode == SegmentationMode.Multiclass;
        if (kind == TargetSizeKind.Region && (column < _classes || !isExclusive))
        {
            return targets[column];
        }

        var valid = 0.0;
        foreach (var size in isExclusive ? targets[.._classes] : kind == TargetSizeKind.ValidOfImage ? targets : [targets[k], targets[_classes + k]])
        {
            valid += size;
        }

        return kind == TargetSizeKind.Region ? valid - targets[k] : valid;
    }
}
