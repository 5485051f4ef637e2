namespace SegLossBias;

/// <summary>
/// Numbers the components of one plane of labels. Until they are numbered, an entry of the result is 1 + the index of
/// another pixel of the same component, at most its own; the first pixel of a component, the root, has its own.
/// </summary>
internal sealed class ComponentPlane
{
    /// <summary>Of the plane as a volume: layers, lines, columns.</summary>
    private readonly int[] _size;

    /// <summary>Steps to those neighbours that come before a pixel, row by row.</summary>
    private readonly (int Layer, int Line, int Column)[] _before;

    /// <param name="space">One to three axes.</param>
    /// <param name="connectivity">Which pixels are neighbours.</param>
    internal ComponentPlane(long[] space, Connectivity connectivity)
    {
        _size = [.. Enumerable.Repeat(1, 3 - space.Length), .. space.Select(size => (int)size)];
        int[] Steps(int axis) => _size[axis] == 1 ? [0] : [-1, 0, 1];
        _before =
        [
            .. from layer in Steps(0)
               from line in Steps(1)
               from column in Steps(2)
               where (layer, line, column).CompareTo((0, 0, 0)) < 0
               where connectivity == Connectivity.Full || Math.Abs(layer) + Math.Abs(line) + Math.Abs(column) == 1
               select (layer, line, column),
        ];
    }

    /// <summary>Writes the numbers.</summary>
    /// <param name="labels">Of each pixel.</param>
    /// <param name="background">The label without components.</param>
    /// <param name="found">The number before the first one.</param>
    /// <param name="ids">0 for each pixel.</param>
    /// <returns>The last number.</returns>
    internal int Number(ReadOnlySpan<int> labels, int background, int found, Span<int> ids)
    {
        Join(labels, background, ids);
        for (var i = 0; i < ids.Length; i++)
        {
            // Roots come first in their component; what is numbered already is negative, until all are.
            if (ids[i] > 0)
            {
                ids[i] = ids[i] == i + 1 ? -checked(++found) : ids[ids[i] - 1];
            }
        }

        foreach (ref var id in ids)
        {
            id = -id;
        }

        return found;
    }

    private void Join(ReadOnlySpan<int> labels, int background, Span<int> ids)
    {
        var (lines, columns) = (_size[1], _size[2]);
        for (var i = 0; i < ids.Length; i++)
        {
            if (labels[i] == background || labels[i] == LabelPlanes.Ignored)
            {
                continue;
            }

            ids[i] = i + 1;
            var (row, column) = Math.DivRem(i, columns);
            var (layer, line) = Math.DivRem(row, lines);
            foreach (var step in _before)
            {
                if (layer + step.Layer >= 0 && (uint)(line + step.Line) < (uint)lines && (uint)(column + step.Column) < (uint)columns)
                {
                    var neighbour = i + (((step.Layer * lines) + step.Line) * columns) + step.Column;
                    if (labels[neighbour] == labels[i])
                    {
                        Unite(ids, Root(ids, i), Root(ids, neighbour));
                    }
                }
            }
        }
    }

    private static void Unite(Span<int> ids, int root, int other) => ids[Math.Max(root, other)] = Math.Min(root, other) + 1;

    private static int Root(Span<int> ids, int pixel)
    {
        while (ids[pixel] != pixel + 1)
        {
            ids[pixel] = ids[ids[pixel] - 1];
            pixel = ids[pixel] - 1;
        }

        return pixel;
    }
}
