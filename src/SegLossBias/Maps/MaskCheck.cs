namespace SegLossBias;

/// <summary>What masks, their shape and their spacing must be.</summary>
internal static class MaskCheck
{
    /// <summary>Areas are products of two spacings, and their squares are added: s⁴ must be a normal number.</summary>
    private const double SmallestSpacing = 1e-60;
    private const double LargestSpacing = 1e60;

    internal static void Geometry(ReadOnlySpan<int> shape, ReadOnlySpan<double> spacingMm)
    {
        if (shape.Length is not (2 or 3))
        {
            throw new ArgumentException($"shape must be [height, width] or [depth, height, width], but it is {Shapes.Text(shape.ToArray())}; remove axes of size 1, or evaluate a batch image by image.", nameof(shape));
        }

        Int128 cells = 1; // 2^93 at most.
        foreach (var size in shape)
        {
            if (size < 1)
            {
                throw new ArgumentException($"every axis needs at least 1 pixel, but the shape is {Shapes.Text(shape.ToArray())}.", nameof(shape));
            }

            cells *= size + 1L;
        }

        if (cells > Array.MaxLength)
        {
            throw new ArgumentException($"a mask may have {Array.MaxLength} pixels with its border, but shape {Shapes.Text(shape.ToArray())} has {cells.ToString(System.Globalization.CultureInfo.InvariantCulture)}; crop it to the structure.", nameof(shape));
        }

        Spacing(spacingMm, shape.Length);
    }

    internal static void Spacing(ReadOnlySpan<double> spacingMm, int axes)
    {
        if (spacingMm.Length != axes)
        {
            throw new ArgumentException($"spacingMm needs one value for each of the {axes} spatial axes, but it has {spacingMm.Length}: {Shapes.Text(spacingMm.ToArray())}.", nameof(spacingMm));
        }

        foreach (var spacing in spacingMm)
        {
            if (!(spacing > 0) || double.IsInfinity(spacing))
            {
                throw new ArgumentException($"every spacing must be a finite number of millimetres above 0, but spacingMm is {Shapes.Text(spacingMm.ToArray())}; pass 1 for pixels without a physical size.", nameof(spacingMm));
            }

            if (spacing is < SmallestSpacing or > LargestSpacing)
            {
                throw new ArgumentException($"every spacing must lie in 1e-60..1e60 mm, so that its square is a number, but spacingMm is {Shapes.Text(spacingMm.ToArray())}; pass it in millimetres, or 1 for pixels without a physical size.", nameof(spacingMm));
            }
        }
    }

    /// <summary>The spacing of a map of float32 distances; 1 along every axis where none is given.</summary>
    /// <param name="spacingMm">One for each axis; null for distances in pixels.</param>
    /// <param name="space">The axes of an image.</param>
    internal static double[] Spacing(double[]? spacingMm, long[] space)
    {
        if (spacingMm is null)
        {
            return [.. space.Select(_ => 1.0)];
        }

        Spacing(spacingMm.AsSpan(), space.Length);
        var diagonal = Math.Sqrt(space.Zip(spacingMm).Sum(axis => axis.First * axis.Second * (axis.First * axis.Second)));
        return diagonal < float.MaxValue
            ? [.. spacingMm]
            : throw new ArgumentException($"float32 holds distances up to 3e38 mm, but with spacingMm {Shapes.Text(spacingMm)} an image of {Shapes.Text(space)} pixels is larger; pass it in millimetres, or 1 for pixels without a physical size.", nameof(spacingMm));
    }

    internal static void Length(ReadOnlySpan<bool> mask, ReadOnlySpan<int> shape, string name)
    {
        var pixels = 1L;
        foreach (var size in shape)
        {
            pixels *= size;
        }

        if (mask.Length != pixels)
        {
            throw new ArgumentException($"{name} must have the {pixels} pixels of shape {Shapes.Text(shape.ToArray())}, but it has {mask.Length}.", name);
        }
    }
}
