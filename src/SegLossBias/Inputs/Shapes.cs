namespace SegLossBias;

/// <summary>Shapes and positions as text for error messages.</summary>
internal static class Shapes
{
    internal static string Text<T>(IEnumerable<T> shape) => $"[{string.Join(", ", shape.Select(item => FormattableString.Invariant($"{item}")))}]";

    /// <summary>The number of elements; 1 of no axis.</summary>
    internal static long Product(ReadOnlySpan<long> shape)
    {
        var product = 1L;
        foreach (var size in shape)
        {
            product *= size;
        }

        return product;
    }

    /// <summary>The coordinates of a row-major flat index.</summary>
    internal static long[] Position(long flat, IReadOnlyList<long> shape)
    {
        var position = new long[shape.Count];
        for (var axis = shape.Count - 1; axis >= 0; axis--)
        {
            position[axis] = flat % shape[axis];
            flat /= shape[axis];
        }

        return position;
    }
}
