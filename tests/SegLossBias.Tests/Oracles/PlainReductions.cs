namespace SegLossBias.Tests.Oracles;

/// <summary>The other reductions in plain loops, from those of <c>Reduction.Mean</c>.</summary>
internal static class PlainReductions
{
    /// <summary>Whether the loops know it: with <c>None</c> a weight that comes from the batch stays that of the batch, which the loops of one image do not see.</summary>
    internal static bool Knows(LossCase row, Reduction reduction) => reduction != Reduction.None || !row.IsOfTheBatch;

    /// <summary>One number; with <c>None</c> one for each image.</summary>
    internal static double[] Of(LossCase row, Scene scene, Reduction reduction) => reduction switch
    {
        Reduction.Mean => [row.Plain(scene)],
        Reduction.Sum => [Sum(row, scene)],
        _ => Images(row, scene),
    };

    /// <summary>
    /// What the mean divides is added up: pixels where the mean is over pixels, regions where each has weights that add up to 1, images
    /// elsewhere, of which a pooled batch is one. A mean over pixels with a penalty is the sum of both sums.
    /// </summary>
    private static double Sum(LossCase row, Scene scene)
    {
        switch (row.Numerators)
        {
            case [Numerator.Pixel]:
                return row.Plain(scene) * ValidPixels(scene);
            case [Numerator.Class]:
                return row.Plain(scene) * Regions(scene).GroupBy(region => (region.Class, region.IsBackground)).Count(region => region.Sum(image => image.TargetSize) > 0);
            case [Numerator.Pixel, Numerator.Image]:
                var pixels = row.IsOneVsRest ? PlainLosses.Focal(scene) : PlainLosses.CrossEntropy(scene);
                return (pixels * ValidPixels(scene)) + ((row.Plain(scene) - pixels) * (row.IsPooled ? 1 : scene.Images));
            default:
                return row.IsPooled ? row.Plain(scene) : Images(row, scene).Sum();
        }
    }

    private static double[] Images(LossCase row, Scene scene) => [.. Enumerable.Range(0, (int)scene.Images).Select(image => row.Plain(scene.Image(image)))];

    /// <summary>Valid pixels with their weights; in multilabel mode each channel has its own.</summary>
    private static double ValidPixels(Scene scene) =>
        Enumerable.Range(0, (int)scene.Images).Sum(n => Enumerable.Range(0, scene.Mode == SegmentationMode.Multiclass ? 1 : (int)scene.Classes).Sum(k => PlainRegion.Foreground(scene, n, k).ValidSize));

    private static IEnumerable<PlainRegion> Regions(Scene scene) => Enumerable.Range(0, (int)scene.Images).SelectMany(n => PlainRegion.All(scene, n));
}
