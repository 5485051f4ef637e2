namespace SegLossBias.Tests.Metrics;

/// <summary>Masks of a scene and what can be said of masks in plain loops.</summary>
internal static class PlainMasks
{
    internal static bool[] True(Scene scene, int n, int k) => Of(scene, scene.Labels, n, k);

    internal static bool[] Predicted(Scene scene, int n, int k) => Of(scene, PlainCounts.Prediction(scene), n, k);

    /// <summary>The number of each pixel's component, from 1, 0 outside; filled from each pixel in turn.</summary>
    internal static (int[] Ids, int Count) Components(int[] shape, bool[] mask, bool faces)
    {
        var (ids, count) = (new int[mask.Length], 0);
        for (var first = 0; first < mask.Length; first++)
        {
            if (!mask[first] || ids[first] != 0)
            {
                continue;
            }

            var waiting = new Stack<int>([first]);
            ids[first] = ++count;
            while (waiting.TryPop(out var pixel))
            {
                for (var other = 0; other < mask.Length; other++)
                {
                    if (mask[other] && ids[other] == 0 && AreNeighbours(MaskPair.Position(pixel, shape), MaskPair.Position(other, shape), faces))
                    {
                        ids[other] = count;
                        waiting.Push(other);
                    }
                }
            }
        }

        return (ids, count);
    }

    /// <summary>The pixels of a mask within so many steps, by sides or corners, of a pixel outside of it or of the edge.</summary>
    internal static bool[] Band(int[] shape, bool[] mask, int distance) => [.. Enumerable.Range(0, mask.Length).Select(flat =>
    {
        var place = MaskPair.Position(flat, shape);
        var seesTheEdge = place.Zip(shape).Any(axis => axis.First < distance || axis.First + distance >= axis.Second);
        return mask[flat] && (seesTheEdge || Enumerable.Range(0, mask.Length).Any(other =>
            !mask[other] && MaskPair.Position(other, shape).Zip(place).All(axis => Math.Abs(axis.First - axis.Second) <= distance)));
    })];

    private static bool AreNeighbours(int[] one, int[] other, bool faces)
    {
        int[] steps = [.. one.Zip(other).Select(axis => Math.Abs(axis.First - axis.Second))];
        return faces ? steps.Sum() == 1 : steps.Max() == 1;
    }

    private static bool[] Of(Scene scene, long[] labels, int n, int k) => [.. Enumerable.Range(0, (int)scene.Pixels).Select(i =>
    {
        var isMulticlass = scene.Mode == SegmentationMode.Multiclass;
        var flat = isMulticlass ? (n * scene.Pixels) + i : (((n * scene.Classes) + k) * scene.Pixels) + i;
        return scene.Labels[flat] != Scene.Ignore && labels[flat] == (isMulticlass ? k : 1);
    })];
}
