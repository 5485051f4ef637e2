namespace SegLossBias;

/// <summary>Signed distances to the border of one region after the other, in one buffer.</summary>
/// <param name="space">The axes of an image.</param>
/// <param name="spacing">Distance between neighbours along each axis.</param>
internal sealed class SignedDistances(long[] space, double[] spacing)
{
    private readonly int[] _size = [.. space.Select(size => (int)size)];
    private readonly double[] _squared = new double[Shapes.Product(space)];

    /// <summary>Writes the distances; leaves the map as it is at ignored pixels, and where the region is empty or everything.</summary>
    /// <param name="labels">Of each pixel.</param>
    /// <param name="label">That of the region.</param>
    /// <param name="map">0 for each pixel.</param>
    internal void Write(ReadOnlySpan<int> labels, int label, Span<float> map)
    {
        var inside = labels.Count(label);
        if (inside == 0 || inside == labels.Length)
        {
            return;
        }

        Transform(labels, label, from: true);
        for (var i = 0; i < map.Length; i++)
        {
            if (labels[i] != label && labels[i] != LabelPlanes.Ignored)
            {
                map[i] = (float)Math.Sqrt(_squared[i]);
            }
        }

        Transform(labels, label, from: false);
        for (var i = 0; i < map.Length; i++)
        {
            if (labels[i] == label)
            {
                map[i] = (float)(1 - Math.Sqrt(_squared[i]));
            }
        }
    }

    /// <summary>Squared distances from the region, or from all other pixels.</summary>
    private void Transform(ReadOnlySpan<int> labels, int label, bool from)
    {
        for (var i = 0; i < labels.Length; i++)
        {
            _squared[i] = labels[i] == label == from ? 0 : double.PositiveInfinity;
        }

        DistanceTransform.Squared(_squared, _size, spacing);
    }
}
