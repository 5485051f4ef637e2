namespace SegLossBias;

/// <summary>Statistics as plain numbers, by what a formula asks for.</summary>
/// <param name="passes">What the kernel gathered, in one pass nearly always.</param>
/// <param name="input">From what.</param>
internal sealed class RegionNumbers(FusedPass[] passes, FusedInput input)
{
    private readonly int _classes = input.Classes;
    private readonly bool _isExclusive = input.Mode == SegmentationMode.Multiclass;

    internal int Images { get; } = input.Images;

    /// <summary>Copies [images, columns] numbers.</summary>
    internal void Read(StatisticSource source, Span<double> numbers)
    {
        var columns = source.Columns;
        var (pass, place) = source.Statistic is { } statistic ? Find(passes, statistic) : (passes[0], passes[0].Rows - 1);
        for (var image = 0; image < Images; image++)
        {
            var row = pass.Results.AsSpan(((image * pass.Rows) + place) * pass.RowLength, pass.RowLength);
            var target = numbers.Slice(image * columns.Length, columns.Length);
            if (source.Statistic is not null)
            {
                for (var i = 0; i < target.Length; i++)
                {
                    target[i] = row[columns[i]];
                }
            }
            else
            {
                ReadSizes(source, row, target);
            }
        }
    }

    /// <summary>The pass that gathered a statistic, and its place there.</summary>
    internal static (FusedPass Pass, int Place) Find(FusedPass[] passes, RegionStatistic statistic)
    {
        foreach (var pass in passes)
        {
            var gathered = pass.Request.Statistics;
            for (var place = 0; place < gathered.Count; place++)
            {
                if (gathered[place] == statistic)
                {
                    return (pass, place);
                }
            }
        }

        throw new InvalidOperationException($"{statistic} was not gathered.");
    }

    /// <param name="source">Which sizes of which regions.</param>
    /// <param name="targets">The target sizes of the image; exclusive classes have no backgrounds there.</param>
    /// <param name="sizes">Where to write.</param>
    private void ReadSizes(StatisticSource source, ReadOnlySpan<double> targets, Span<double> sizes)
    {
        var ofImage = 0.0;
        foreach (var size in targets[..(2 * _classes)])
        {
            ofImage += size;
        }

        for (var i = 0; i < sizes.Length; i++)
        {
            var (column, k) = (source.Columns[i], source.Columns[i] % _classes);
            var isInstance = column >= 2 * _classes;
            var valid = _isExclusive || isInstance || source.Size == TargetSizeKind.ValidOfImage ? ofImage : targets[k] + targets[_classes + k];
            sizes[i] = source.Size != TargetSizeKind.Region ? valid
                : column >= _classes && _isExclusive && !isInstance ? valid - targets[k]
                : targets[column];
        }
    }
}
