using SegLossBias.Tests.Oracles;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Propositions;

/// <summary>Random scenes in which every region of every image has a pixel, so that no theorem divides by 0.</summary>
internal static class FullScenes
{
    internal static Gen<Scene> Any(SegmentationMode mode, bool withIgnored = true) =>
        from images in Gen.Int[1, 3]
        from classes in mode switch { SegmentationMode.Multiclass => Gen.Int[2, 5], SegmentationMode.Binary => Gen.Const(1), _ => Gen.Int[1, 3] }
        let regions = mode == SegmentationMode.Multiclass ? classes : 2
        from pixels in Gen.Int[regions, 12]
        let groups = mode == SegmentationMode.Multilabel ? images * classes : images
        from logits in Gen.Double[-3, 3].Array[images * classes * pixels]
        from labels in Label(regions, withIgnored).Array[groups * pixels]
        select new Scene(mode, [images, classes, pixels], logits, [.. labels.Select((label, index) => index % pixels < regions ? index % pixels : label)]);

    /// <summary>A point of the simplex of K classes.</summary>
    internal static Gen<double[]> Proportions(int classes) =>
        from weights in Gen.Double[1e-3, 1].Array[classes]
        select weights.Select(weight => weight / weights.Sum()).ToArray();

    /// <summary>Labels of one image with all K classes.</summary>
    internal static Gen<long[]> Labels(int classes) =>
        from more in Gen.Long[0, classes - 1].Array[0, 20]
        select Enumerable.Range(0, classes).Select(k => (long)k).Concat(more).ToArray();

    /// <summary>One image whose every pixel predicts the same, so that p̂ is what one wishes.</summary>
    internal static Scene Predicting(double[] proportions, long[] labels) => new(
        SegmentationMode.Multiclass,
        [1, proportions.Length, labels.Length],
        [.. proportions.SelectMany(p => Enumerable.Repeat(Math.Log(p), labels.Length))],
        labels);

    /// <summary>The value of each image, from the library.</summary>
    internal static double[] Values(Scene scene, SegmentationLoss loss)
    {
        using var scope = NewDisposeScope();
        return Evaluation.Numbers(loss.call(scene.LogitsTensor(), scene.TargetTensor()));
    }

    /// <summary>A sum over the regions of each image, in plain loops; the foreground alone where channels have two.</summary>
    internal static double[] SumOverClasses(Scene scene, Func<PlainRegion, double> term) =>
        [.. Enumerable.Range(0, (int)scene.Images).Select(n => PlainRegion.All(scene, n).Where(region => !region.IsBackground).Sum(term))];

    /// <summary>A sum over all regions of each image, in plain loops; foreground and background where channels have two.</summary>
    internal static double[] SumOverRegions(Scene scene, Func<PlainRegion, double> term) =>
        [.. Enumerable.Range(0, (int)scene.Images).Select(n => PlainRegion.All(scene, n).Sum(term))];

    private static Gen<long> Label(int regions, bool withIgnored) =>
        withIgnored ? Gen.Frequency((4, Gen.Long[0, regions - 1]), (1, Gen.Const(Scene.Ignore))) : Gen.Long[0, regions - 1];
}
