namespace SegLossBias.Tests.Metrics;

/// <summary>The counts of a scene, pixel by pixel.</summary>
internal static class PlainCounts
{
    /// <summary>[image][class]</summary>
    internal static OverlapCounts[][] Of(Scene scene, long? ignoreIndex)
    {
        var counts = Enumerable.Range(0, (int)scene.Images).Select(_ => new OverlapCounts[scene.Classes]).ToArray();
        for (var n = 0; n < scene.Images; n++)
        {
            for (var k = 0; k < scene.Classes; k++)
            {
                for (var i = 0; i < scene.Pixels; i++)
                {
                    counts[n][k] += Pixel(scene, ignoreIndex, n, k, i);
                }
            }
        }

        return counts;
    }

    /// <summary>The predicted label map in the shape of the target.</summary>
    internal static long[] Prediction(Scene scene) => [.. Enumerable.Range(0, scene.Labels.Length).Select(flat =>
    {
        if (scene.Mode != SegmentationMode.Multiclass)
        {
            return scene.Logits[flat] > 0 ? 1L : 0L;
        }

        var (n, i) = Math.DivRem(flat, scene.Pixels);
        return Enumerable.Range(0, (int)scene.Classes).MaxBy(k => scene.Logits[(((n * scene.Classes) + k) * scene.Pixels) + i]);
    })];

    private static OverlapCounts Pixel(Scene scene, long? ignoreIndex, long n, int k, long i)
    {
        var isMulticlass = scene.Mode == SegmentationMode.Multiclass;
        var flat = isMulticlass ? (n * scene.Pixels) + i : (((n * scene.Classes) + k) * scene.Pixels) + i;
        var truth = scene.Labels[flat];
        var isMember = truth == (isMulticlass ? k : 1);
        var isPredicted = Prediction(scene)[flat] == (isMulticlass ? k : 1);
        return truth == ignoreIndex
            ? default
            : new(isMember && isPredicted ? 1 : 0, !isMember && isPredicted ? 1 : 0, isMember && !isPredicted ? 1 : 0, !isMember && !isPredicted ? 1 : 0);
    }
}
