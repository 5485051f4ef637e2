namespace SegLossBias;

/// <summary>
/// The surface elements of a mask inside a box: cells between neighbouring pixels, shifted by half a pixel, so one more
/// along each axis than the box has pixels. Outside the box is background.
/// </summary>
internal sealed class MaskSurface
{
    private readonly byte[] _codes;
    private readonly int _full;

    private MaskSurface(byte[] codes, int full) => (_codes, _full) = (codes, full);

    /// <summary>Number of surface elements.</summary>
    internal int Count { get; private set; }

    internal static MaskSurface Find(ReadOnlySpan<bool> mask, MaskBox box)
    {
        var surface = new MaskSurface(new byte[box.CellCount], new CellGroups(box.Axes).Full);
        ReadOnlySpan<bool> outside = new bool[box.Width];
        var row = surface._codes.AsSpan();
        for (var layer = 0; layer <= (box.Axes == 2 ? 0 : box.Depth); layer++)
        {
            for (var line = 0; line <= box.Height; line++)
            {
                surface.EncodeRow(
                    row[..(box.Width + 1)],
                    box.Row(mask, layer - 1, line - 1, outside),
                    box.Row(mask, layer - 1, line, outside),
                    box.Row(mask, layer, line - 1, outside),
                    box.Row(mask, layer, line, outside));
                row = row[(box.Width + 1)..];
            }
        }

        return surface;
    }

    /// <summary>Squared distance from every cell to the nearest surface element, in a buffer of one number per cell.</summary>
    internal void SquaredDistances(double[] squared, MaskBox box, ReadOnlySpan<double> spacing)
    {
        for (var cell = 0; cell < squared.Length; cell++)
        {
            squared[cell] = IsSurface(_codes[cell]) ? 0 : double.PositiveInfinity;
        }

        DistanceTransform.Squared(squared, box.Cells, spacing);
    }

    /// <summary>The distance at each surface element and the size of the element, sorted by distance.</summary>
    internal (double[] Distances, double[] Sizes) Read(double[] squared, double[] sizes)
    {
        var (distances, areas) = (new double[Count], new double[Count]);
        var next = 0;
        for (var cell = 0; cell < _codes.Length; cell++)
        {
            if (IsSurface(_codes[cell]))
            {
                distances[next] = Math.Sqrt(squared[cell]);
                areas[next++] = sizes[_codes[cell]];
            }
        }

        Array.Sort(distances, areas);
        return (distances, areas);
    }

    private bool IsSurface(byte code) => code != 0 && code != _full;

    /// <summary>Cells between two rows of the mask on one layer and the same two rows on the next.</summary>
    private void EncodeRow(Span<byte> codes, ReadOnlySpan<bool> upper, ReadOnlySpan<bool> lower, ReadOnlySpan<bool> nextUpper, ReadOnlySpan<bool> nextLower)
    {
        var before = 0;
        for (var x = 0; x < codes.Length; x++)
        {
            var column = x == upper.Length
                ? 0
                : (upper[x] ? 64 : 0) | (lower[x] ? 16 : 0) | (nextUpper[x] ? 4 : 0) | (nextLower[x] ? 1 : 0);
            var code = (byte)(before << 1 | column);
            codes[x] = code;
            Count += IsSurface(code) ? 1 : 0;
            before = column;
        }
    }
}
