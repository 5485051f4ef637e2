namespace SegLossBias;

/// <summary>The pixels of a mask that are near its border.</summary>
internal static class BoundaryBand
{
    /// <summary>The mask without its erosion by a square (cube) of 2·distance + 1 pixels. Beyond the image is background.</summary>
    /// <param name="mask">Row-major.</param>
    /// <param name="shape">Size of each axis.</param>
    /// <param name="distance">In pixels, at least 1.</param>
    internal static bool[] Of(bool[] mask, int[] shape, int distance)
    {
        if (mask.Length == 0)
        {
            return [];
        }

        bool[] inner = [.. mask];
        var stride = 1;
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            Erode(inner, shape[axis], stride, distance);
            stride *= shape[axis];
        }

        for (var i = 0; i < inner.Length; i++)
        {
            inner[i] = mask[i] && !inner[i];
        }

        return inner;
    }

    private static void Erode(bool[] mask, int length, int stride, int distance)
    {
        var next = new int[length];
        for (var line = 0; line < mask.Length / length; line++)
        {
            var start = (line / stride * stride * length) + (line % stride);
            var after = length;
            for (var x = length - 1; x >= 0; x--)
            {
                next[x] = after = mask[start + (x * stride)] ? after : x;
            }

            var before = -1;
            for (var x = 0; x < length; x++)
            {
                ref var pixel = ref mask[start + (x * stride)];
                before = pixel ? before : x;
                pixel = x - before > distance && next[x] - x > distance;
            }
        }
    }
}
