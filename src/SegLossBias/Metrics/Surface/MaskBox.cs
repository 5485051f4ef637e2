namespace SegLossBias;

/// <summary>The smallest box that holds every true pixel of two masks. A 2D mask is one layer.</summary>
internal sealed class MaskBox
{
    private readonly int[] _shape;
    private readonly int[] _low = [int.MaxValue, int.MaxValue, int.MaxValue];
    private readonly int[] _high = [-1, -1, -1];

    private MaskBox(ReadOnlySpan<int> shape)
    {
        Axes = shape.Length;
        _shape = Axes == 2 ? [1, shape[0], shape[1]] : shape.ToArray();
    }

    internal int Axes { get; }

    internal bool IsEmpty => _high[0] < 0;

    internal int Depth => _high[0] - _low[0] + 1;

    internal int Height => _high[1] - _low[1] + 1;

    internal int Width => _high[2] - _low[2] + 1;

    /// <summary>Cells between pixels along each axis.</summary>
    internal int[] Cells => Axes == 2 ? [Height + 1, Width + 1] : [Depth + 1, Height + 1, Width + 1];

    internal int CellCount => Cells.Aggregate(1, (product, size) => product * size);

    internal static MaskBox Around(ReadOnlySpan<bool> mask, ReadOnlySpan<bool> other, ReadOnlySpan<int> shape)
    {
        var box = new MaskBox(shape);
        box.Include(mask);
        box.Include(other);
        return box;
    }

    /// <summary>A row of the mask inside the box, or the given one if the row lies outside.</summary>
    internal ReadOnlySpan<bool> Row(ReadOnlySpan<bool> mask, int layer, int line, ReadOnlySpan<bool> outside) =>
        layer < 0 || layer >= Depth || line < 0 || line >= Height
            ? outside
            : mask.Slice(((((layer + _low[0]) * _shape[1]) + line + _low[1]) * _shape[2]) + _low[2], Width);

    private void Include(ReadOnlySpan<bool> mask)
    {
        for (var layer = 0; layer < _shape[0]; layer++)
        {
            for (var line = 0; line < _shape[1]; line++)
            {
                var row = mask.Slice(((layer * _shape[1]) + line) * _shape[2], _shape[2]);
                var first = row.IndexOf(true);
                if (first >= 0)
                {
                    Include(0, layer, layer);
                    Include(1, line, line);
                    Include(2, first, row.LastIndexOf(true));
                }
            }
        }
    }

    private void Include(int axis, int low, int high)
    {
        _low[axis] = Math.Min(_low[axis], low);
        _high[axis] = Math.Max(_high[axis], high);
    }
}
