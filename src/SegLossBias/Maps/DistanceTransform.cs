using System.Collections.Concurrent;

namespace SegLossBias;

/// <summary>Exact Euclidean distance transform of a mask.</summary>
/// <remarks>
/// <code>
/// D(x) = min over true pixels y of √( Σ_a (s_a (x_a − y_a))² )
/// </code>
/// s_a is the spacing of axis a. One axis after the other, the lower envelope of parabolas along each line, so the time is
/// linear in the number of pixels; lines run on all cores. Felzenszwalb and Huttenlocher, Theory of Computing 8 (2012).
/// </remarks>
public static class DistanceTransform
{
    /// <summary>The distance from every pixel to the nearest true one.</summary>
    /// <param name="mask">Row-major, one entry per pixel.</param>
    /// <param name="shape">Size of each axis, 2 or 3 of them.</param>
    /// <param name="spacingMm">Distance between neighbours along each axis, in mm.</param>
    /// <returns>Row-major distances in mm: 0 at true pixels, ∞ everywhere when there is none.</returns>
    /// <exception cref="ArgumentException">Mask, shape and spacing do not belong together, or a spacing is not above 0.</exception>
    public static double[] Compute(ReadOnlySpan<bool> mask, ReadOnlySpan<int> shape, ReadOnlySpan<double> spacingMm)
    {
        MaskCheck.Geometry(shape, spacingMm);
        MaskCheck.Length(mask, shape, nameof(mask));
        var distances = new double[mask.Length];
        for (var i = 0; i < distances.Length; i++)
        {
            distances[i] = mask[i] ? 0 : double.PositiveInfinity;
        }

        Squared(distances, shape, spacingMm);
        for (var i = 0; i < distances.Length; i++)
        {
            distances[i] = Math.Sqrt(distances[i]);
        }

        return distances;
    }

    /// <summary>In place: 0 at the sites and ∞ elsewhere becomes the squared distance to the nearest site.</summary>
    internal static void Squared(double[] squared, ReadOnlySpan<int> shape, ReadOnlySpan<double> spacing)
    {
        var stride = 1;
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            AlongAxis(squared, shape[axis], stride, spacing[axis]);
            stride *= shape[axis];
        }
    }

    private static void AlongAxis(double[] squared, int length, int stride, double spacing)
    {
        if (length == 1)
        {
            return;
        }

        Parallel.ForEach(Partitioner.Create(0, squared.Length / length), lines =>
        {
            var envelope = new LowerEnvelope(length, spacing);
            for (var line = lines.Item1; line < lines.Item2; line++)
            {
                envelope.Replace(squared, (line / stride * stride * length) + (line % stride), stride);
            }
        });
    }
}
