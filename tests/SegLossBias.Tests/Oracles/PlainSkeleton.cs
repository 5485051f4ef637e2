namespace SegLossBias.Tests.Oracles;

/// <summary>The soft skeleton of one image in plain loops, as the published algorithm has it; invalid pixels are as if they were beyond the border.</summary>
internal static class PlainSkeleton
{
    internal static double[] Of(double[] image, bool[] isValid, long[] space, int iterations)
    {
        var skeleton = Removed(image, isValid, space);
        for (var i = 0; i < iterations; i++)
        {
            image = Erode(image, isValid, space);
            var removed = Removed(image, isValid, space);
            skeleton = [.. skeleton.Zip(removed, (old, more) => old + Math.Max(more - (old * more), 0))];
        }

        return skeleton;
    }

    private static double[] Removed(double[] image, bool[] isValid, long[] space)
    {
        var opened = Dilate(Erode(image, isValid, space), isValid, space);
        return [.. image.Zip(opened, (before, after) => Math.Max(before - after, 0))];
    }

    private static double[] Erode(double[] image, bool[] isValid, long[] space) =>
        Each(image, isValid, space, steps => steps.Sum(Math.Abs) <= 1, values => values.Min());

    private static double[] Dilate(double[] image, bool[] isValid, long[] space) =>
        Each(image, isValid, space, steps => steps.All(step => Math.Abs(step) <= 1), values => values.Max());

    /// <summary>What becomes of the valid pixels within some steps of each valid one; 0 at the others.</summary>
    private static double[] Each(double[] image, bool[] isValid, long[] space, Func<long[], bool> isNear, Func<IEnumerable<double>, double> join)
    {
        var places = Enumerable.Range(0, image.Length).Select(pixel => Place(pixel, space)).ToArray();
        return [.. places.Select((place, pixel) => !isValid[pixel] ? 0
            : join(Enumerable.Range(0, image.Length).Where(other => isValid[other] && isNear([.. places[other].Zip(place, (a, b) => a - b)])).Select(other => image[other])))];
    }

    private static long[] Place(long pixel, long[] space)
    {
        var place = new long[space.Length];
        for (var axis = space.Length - 1; axis >= 0; axis--)
        {
            (place[axis], pixel) = (pixel % space[axis], pixel / space[axis]);
        }

        return place;
    }
}
