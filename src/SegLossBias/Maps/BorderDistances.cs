using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Distances of the pixels of one mask after the other to the nearest pixel on the other side of its border, in one buffer.</summary>
/// <param name="space">The axes of an image.</param>
/// <param name="spacing">Distance between neighbours along each axis.</param>
internal sealed class BorderDistances(long[] space, double[] spacing)
{
    /// <summary>What stands at a pixel that is on neither side.</summary>
    internal const byte Ignored = 2;

    private static readonly Scalar IgnoredScalar = ((int)Ignored).ToScalar();

    private readonly int[] _size = [.. space.Select(size => (int)size)];
    private readonly double[] _squared = new double[Shapes.Product(space)];
    private readonly double[] _distances = new double[Shapes.Product(space)];

    /// <summary>The distances of masks, on their device; no gradient.</summary>
    /// <param name="isInside">[N, K, V].</param>
    /// <param name="isIgnored">Pixels on neither side, [N, 1 or K, V]; null where there are none.</param>
    /// <param name="space">The axes of an image.</param>
    /// <param name="spacingMm">Distance between neighbours along each axis; null for 1.</param>
    /// <param name="dtype">float32 or float64.</param>
    internal static Tensor Of(Tensor isInside, Tensor? isIgnored, long[] space, double[]? spacingMm, ScalarType dtype)
    {
        var spacing = MaskCheck.Spacing(spacingMm, space);
        using var scope = NewDisposeScope();
        var sides = isInside.to(ScalarType.Byte);
        sides = (isIgnored is null ? sides : sides.masked_fill(isIgnored, IgnoredScalar)).cpu().contiguous();
        var map = zeros(isInside.shape, ScalarType.Float64, CPU);
        var region = new BorderDistances(space, spacing);
        for (var plane = 0L; map.numel() > 0 && plane < isInside.shape[0] * isInside.shape[1]; plane++)
        {
            region.Find(TensorMemory.Plane<byte>(sides, plane, region._squared.Length)).CopyTo(TensorMemory.Plane<double>(map, plane, region._squared.Length));
        }

        return map.to(dtype).to(isInside.device).MoveToOuterDisposeScope();
    }

    /// <summary>The distances of a mask: 0 at ignored pixels, and everywhere where there is no border.</summary>
    /// <param name="sides">For each pixel 1 inside, 0 outside, or <see cref="Ignored"/>.</param>
    internal ReadOnlySpan<double> Find(ReadOnlySpan<byte> sides)
    {
        Array.Clear(_distances);
        if (sides.Contains((byte)0) && sides.Contains((byte)1))
        {
            ToSide(1, sides);
            ToSide(0, sides);
        }

        return _distances;
    }

    /// <summary>From the pixels of the other side to this one.</summary>
    private void ToSide(byte side, ReadOnlySpan<byte> sides)
    {
        for (var i = 0; i < sides.Length; i++)
        {
            _squared[i] = sides[i] == side ? 0 : double.PositiveInfinity;
        }

        DistanceTransform.Squared(_squared, _size, spacing);
        for (var i = 0; i < sides.Length; i++)
        {
            if (sides[i] == 1 - side)
            {
                _distances[i] = Math.Sqrt(_squared[i]);
            }
        }
    }
}
