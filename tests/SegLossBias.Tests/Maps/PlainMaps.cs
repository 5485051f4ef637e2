using SegLossBias.Tests.Metrics;

namespace SegLossBias.Tests.Maps;

/// <summary>The definitions of the maps in loops: every pair of pixels is measured, every component walked from its first pixel.</summary>
internal static class PlainMaps
{
    /// <summary>φ of all images and classes, [N,K,*].</summary>
    internal static double[] SignedDistances(LabelScene scene)
    {
        var map = new List<double>();
        for (var image = 0; image < scene.Images; image++)
        {
            for (var @class = 0; @class < scene.Classes; @class++)
            {
                var labels = scene.Plane(image, @class);
                var isInside = labels.Select(label => label == scene.LabelOf(@class)).ToArray();
                var hasBorder = isInside.Contains(true) && isInside.Contains(false);
                map.AddRange(labels.Select((label, pixel) =>
                    !hasBorder || label == LabelScene.Ignore ? 0
                    : isInside[pixel] ? 1 - Nearest(scene.Space, scene.Spacing, pixel, other => !isInside[other])
                    : Nearest(scene.Space, scene.Spacing, pixel, other => isInside[other])));
            }
        }

        return [.. map];
    }

    /// <summary>d of all images and classes, [N,K,*].</summary>
    internal static double[] BorderDistances(LabelScene scene)
    {
        var map = new List<double>();
        for (var image = 0; image < scene.Images; image++)
        {
            for (var @class = 0; @class < scene.Classes; @class++)
            {
                var labels = scene.Plane(image, @class);
                int? Side(int pixel) => labels[pixel] == LabelScene.Ignore ? null : labels[pixel] == scene.LabelOf(@class) ? 1 : 0;
                var sides = Enumerable.Range(0, labels.Length).Select(Side).ToArray();
                map.AddRange(sides.Select((side, pixel) => side is null || !sides.Contains(1 - side) ? 0 : Nearest(scene.Space, scene.Spacing, pixel, other => sides[other] == 1 - side)));
            }
        }

        return [.. map];
    }

    /// <summary>Ids of all images, [N,*] or [N,K,*].</summary>
    internal static double[] Components(LabelScene scene, Connectivity connectivity, long? background = 0)
    {
        var map = new List<double>();
        for (var image = 0; image < scene.Images; image++)
        {
            var found = 0;
            for (var channel = 0; channel < scene.Channels; channel++)
            {
                var labels = scene.Plane(image, channel);
                var ids = new double[labels.Length];
                for (var first = 0; first < ids.Length; first++)
                {
                    if (labels[first] != LabelScene.Ignore && labels[first] != background && ids[first] == 0)
                    {
                        Walk(scene.Space, connectivity, labels, ids, first, ++found);
                    }
                }

                map.AddRange(ids);
            }
        }

        return [.. map];
    }

    /// <summary>Weights of one image.</summary>
    internal static double[] BorderWeights(int[] ids, int[] space, double[]? spacing, double[] ofClass, double w0, double sigma, bool onlyBackground)
    {
        var instances = ids.Where(id => id != 0).Distinct().ToArray();
        return [.. ids.Select((own, pixel) =>
        {
            var distances = instances.Select(id => Nearest(space, spacing, pixel, other => ids[other] == id)).Order().ToArray();
            var hasBorder = instances.Length >= 2 && (own == 0 || !onlyBackground);
            return ofClass[own == 0 ? 0 : 1] + (hasBorder ? w0 * Math.Exp(-Math.Pow(distances[0] + distances[1], 2) / (2 * sigma * sigma)) : 0);
        })];
    }

    private static double Nearest(int[] space, double[]? spacing, int pixel, Func<int, bool> counts)
    {
        var place = MaskPair.Position(pixel, space);
        return Enumerable.Range(0, space.Aggregate(1, (product, size) => product * size)).Where(counts)
            .Min(other => Math.Sqrt(MaskPair.Position(other, space).Select((x, axis) => Math.Pow((x - place[axis]) * (spacing?[axis] ?? 1), 2)).Sum()));
    }

    private static void Walk(int[] space, Connectivity connectivity, long[] labels, double[] ids, int first, int id)
    {
        var reached = new Queue<int>([first]);
        ids[first] = id;
        while (reached.TryDequeue(out var pixel))
        {
            var place = MaskPair.Position(pixel, space);
            for (var other = 0; other < labels.Length; other++)
            {
                var steps = MaskPair.Position(other, space).Select((x, axis) => Math.Abs(x - place[axis])).ToArray();
                var isNeighbour = steps.Max() == 1 && (connectivity == Connectivity.Full || steps.Sum() == 1);
                if (isNeighbour && labels[other] == labels[pixel] && ids[other] == 0)
                {
                    ids[other] = id;
                    reached.Enqueue(other);
                }
            }
        }
    }
}
