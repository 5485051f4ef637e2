using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Kernels;

/// <summary>Scenes and requests that lead a kernel through all its ways.</summary>
internal static class KernelScenes
{
    internal const long Ignore = 255;

    /// <summary>Statistics that one pass gathers together.</summary>
    internal static readonly RegionStatistic[][] Requests =
    [
        [],
        [RegionStatistic.NegativeLogLikelihood],
        [RegionStatistic.Overlap],
        [RegionStatistic.PredictedSize()],
        [RegionStatistic.PredictedSize(10)],
        [RegionStatistic.PredictedSize(0.5), RegionStatistic.PredictedSize(10), RegionStatistic.PredictedSize(3)],
        [RegionStatistic.NegativeLogLikelihood, RegionStatistic.PredictedSize(10)],
        [RegionStatistic.NegativeLogLikelihood, RegionStatistic.PredictedSize(), RegionStatistic.Overlap],
        [RegionStatistic.PredictedSize(0.5), RegionStatistic.Overlap, RegionStatistic.NegativeLogLikelihood, RegionStatistic.PredictedSize(), RegionStatistic.PredictedSize(10), RegionStatistic.Focal(2, FocalForm.Softmax)],
        [RegionStatistic.Focal(2, FocalForm.OneVsRest)],
        [RegionStatistic.Focal(2, FocalForm.OneVsRest), RegionStatistic.PredictedSize(10), RegionStatistic.PredictedSize(), RegionStatistic.Overlap],
        [RegionStatistic.Focal(0.5, FocalForm.Softmax)],
        [RegionStatistic.Focal(0, FocalForm.Softmax), RegionStatistic.PredictedSize(2)],
        [RegionStatistic.Focal(1, FocalForm.OneVsRest), RegionStatistic.NegativeLogLikelihood],
        [RegionStatistic.Focal(3.7, FocalForm.Softmax)],
        [RegionStatistic.Focal(1.5, FocalForm.OneVsRest)],
        [RegionStatistic.Focal(2, FocalForm.OneVsRest), RegionStatistic.PredictedSize(10)],
        [RegionStatistic.NegativeLogEverywhere],
        [RegionStatistic.NegativeLogEverywhere, RegionStatistic.NegativeLogLikelihood],
        [RegionStatistic.NegativeLogLikelihood, RegionStatistic.PredictedSize(10), RegionStatistic.NegativeLogEverywhere],
        [RegionStatistic.Overlap, RegionStatistic.NegativeLogEverywhere, RegionStatistic.PredictedSize(), RegionStatistic.Focal(2, FocalForm.OneVsRest), RegionStatistic.PredictedSize(0.5)],
    ];

    /// <summary>Label smoothing belongs to exclusive classes.</summary>
    internal static readonly RegionStatistic[][] MulticlassRequests =
    [
        .. Requests,
        [RegionStatistic.Focal(2, FocalForm.Softmax, 0.1)],
        [RegionStatistic.Focal(0.7, FocalForm.Softmax, 0.3), RegionStatistic.Overlap],
        [RegionStatistic.Focal(0, FocalForm.Softmax, 1e-5), RegionStatistic.NegativeLogLikelihood],
        [RegionStatistic.Focal(0.5, FocalForm.Softmax, 0.2), RegionStatistic.PredictedSize()],
    ];

    /// <summary>A batch whose labels, image by image, are blobs, noise, one class, all ignored, blobs with ignored rims, …</summary>
    /// <param name="mode">The mode.</param>
    /// <param name="images">N.</param>
    /// <param name="classes">K.</param>
    /// <param name="pixels">Of each image.</param>
    /// <param name="seed">The same scene for the same seed.</param>
    /// <param name="spread">Logits lie in ±spread.</param>
    /// <param name="firstPattern">The pattern of the first image.</param>
    internal static Scene Make(SegmentationMode mode, int images, int classes, int pixels, int seed = 1, double spread = 4, int firstPattern = 0)
    {
        var random = new Random(seed);
        var isMultilabel = mode == SegmentationMode.Multilabel;
        var last = mode == SegmentationMode.Multiclass ? classes : 2;
        var labels = new long[images * pixels * (isMultilabel ? classes : 1)];
        for (var row = 0; row < labels.Length / pixels; row++)
        {
            var pattern = (firstPattern + row) % 5;
            var run = random.NextInt64(last);
            for (var i = 0; i < pixels; i++)
            {
                var isEdge = random.NextDouble() < 1.0 / 40;
                run = isEdge ? random.NextInt64(last) : run;
                labels[(row * pixels) + i] = pattern switch
                {
                    0 => run,
                    1 => random.NextDouble() < 0.1 ? Ignore : random.NextInt64(last),
                    2 => last - 1,
                    3 => Ignore,
                    _ => isEdge ? Ignore : run,
                };
            }
        }

        return new Scene(
            mode,
            [images, classes, pixels],
            [.. Enumerable.Range(0, images * classes * pixels).Select(_ => spread * ((2 * random.NextDouble()) - 1))],
            labels);
    }
}
