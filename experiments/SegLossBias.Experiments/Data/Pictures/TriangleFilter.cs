namespace SegLossBias.Experiments.Data;

/// <summary>Resizes a plane of numbers: linear between pixels where it grows, a weighted mean of all it covers where it shrinks.</summary>
/// <remarks>
/// Along each axis, with s = old/new length and r = max(1, s), the new pixel i is the mean of the old pixels j with weights
/// max(0, 1 − |j + ½ − (i + ½)·s|/r).
/// </remarks>
internal static class TriangleFilter
{
    public static float[] Resize(float[] plane, (int Height, int Width) from, int height, int width)
    {
        var (rows, columns) = (Weights(from.Height, height), Weights(from.Width, width));
        var narrow = new float[from.Height * width];
        for (var i = 0; i < narrow.Length; i++)
        {
            narrow[i] = Mean(plane.AsSpan(i / width * from.Width), columns[i % width], 1);
        }

        var resized = new float[height * width];
        for (var i = 0; i < resized.Length; i++)
        {
            resized[i] = Mean(narrow.AsSpan(i % width), rows[i / width], width);
        }

        return resized;
    }

    private static float Mean(ReadOnlySpan<float> values, (int First, double[] Weights) filter, int step)
    {
        var sum = 0.0;
        for (var i = 0; i < filter.Weights.Length; i++)
        {
            sum += filter.Weights[i] * values[(filter.First + i) * step];
        }

        return (float)sum;
    }

    private static (int First, double[] Weights)[] Weights(int old, int length)
    {
        var (scale, reach) = ((double)old / length, Math.Max(1, (double)old / length));
        return [.. Enumerable.Range(0, length).Select(i =>
        {
            var centre = (i + 0.5) * scale;
            var (first, last) = (Math.Max(0, (int)Math.Floor(centre - reach)), Math.Min(old - 1, (int)Math.Ceiling(centre + reach)));
            var weights = Enumerable.Range(first, last - first + 1).Select(j => Math.Max(0, 1 - (Math.Abs(j + 0.5 - centre) / reach))).ToArray();
            var sum = weights.Sum();
            return (first, weights.Select(weight => weight / sum).ToArray());
        })];
    }
}
