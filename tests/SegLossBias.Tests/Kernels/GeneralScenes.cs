using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Kernels;

/// <summary>Scenes with soft labels, weights, maps and instances, from those with hard labels, and requests of all kinds.</summary>
internal static class GeneralScenes
{
    internal const string Map = "distance";

    /// <summary>Statistics that one pass gathers together; maps and instances come with the scenes.</summary>
    internal static readonly RegionStatistic[][] Requests =
    [
        .. KernelScenes.Requests,
        [RegionStatistic.PredictedPower(2)],
        [RegionStatistic.PredictedPower(2), RegionStatistic.Overlap, RegionStatistic.TargetSquare],
        [RegionStatistic.OverlapPower(0.7), RegionStatistic.PredictedSize()],
        [RegionStatistic.OverlapPower(2), RegionStatistic.OverlapPower(3.5)],
        [RegionStatistic.NegativeLogPower(0.3)],
        [RegionStatistic.NegativeLogPower(2), RegionStatistic.NegativeLogPower(1.5), RegionStatistic.NegativeLogPower(1)],
        [RegionStatistic.NegativeLogEverywhere, RegionStatistic.NegativeLogLikelihood],
        [RegionStatistic.Difference],
        [RegionStatistic.Difference, RegionStatistic.Overlap, RegionStatistic.PredictedSize(), RegionStatistic.PredictedSize(10), RegionStatistic.TargetSquare],
        [RegionStatistic.MapSum(Map)],
        [RegionStatistic.MapSum(Map), RegionStatistic.NegativeLogLikelihood, RegionStatistic.PredictedSize(3)],
        [RegionStatistic.TargetSquare],
        [
            RegionStatistic.PredictedPower(0.5), RegionStatistic.Focal(2, FocalForm.Softmax), RegionStatistic.NegativeLogPower(0.5), RegionStatistic.MapSum(Map), RegionStatistic.Overlap,
            RegionStatistic.NegativeLogEverywhere, RegionStatistic.Difference, RegionStatistic.OverlapPower(2), RegionStatistic.PredictedSize(2), RegionStatistic.NegativeLogLikelihood,
        ],
        [RegionStatistic.Focal(2, FocalForm.OneVsRest), RegionStatistic.PredictedPower(3), RegionStatistic.TargetSquare, RegionStatistic.NegativeLogPower(0.3)],
    ];

    /// <summary>The same for a mode, with rows of the confusion matrix where classes are exclusive.</summary>
    internal static IEnumerable<RegionStatistic[]> RequestsOf(SegmentationMode mode, int classes) => mode != SegmentationMode.Multiclass ? Requests :
    [
        .. Requests,
        [RegionStatistic.Confusion(1)],
        [RegionStatistic.Confusion(classes - 1), RegionStatistic.Overlap, RegionStatistic.PredictedSize(10), RegionStatistic.MapSum(Map), RegionStatistic.Confusion(0), RegionStatistic.NegativeLogLikelihood],
        Rows(Math.Min(classes, 7)),
    ];

    /// <summary>The first rows of the confusion matrix, from the last to the first.</summary>
    internal static RegionStatistic[] Rows(int count) => [.. Enumerable.Range(0, count).Select(j => RegionStatistic.Confusion(count - 1 - j))];

    internal enum Labels
    {
        Hard,

        /// <summary>The hard labels as floats.</summary>
        OneHot,

        /// <summary>Any numbers that add up to 1.</summary>
        Simplex,

        /// <summary>Some pixels hard, and some with few classes.</summary>
        Sparse,

        /// <summary>All classes alike.</summary>
        Equal,
    }

    internal enum Weighting
    {
        None,
        One,
        Random,

        /// <summary>Many are 0.</summary>
        Zeros,

        /// <summary>In multilabel mode each channel has its own.</summary>
        OfChannels,
    }

    /// <summary>The scene with all that is asked for, and a map.</summary>
    internal static Scene With(Scene scene, Labels labels, Weighting weighting, bool hasInstances, int seed = 1)
    {
        var random = new Random(seed);
        var isMultilabel = scene.Mode == SegmentationMode.Multilabel;
        var weights = scene.Images * scene.Pixels * (isMultilabel && weighting == Weighting.OfChannels ? scene.Classes : 1);
        return scene with
        {
            Soft = labels == Labels.Hard ? null : Soft(scene, labels, random),
            Weights = weighting == Weighting.None ? null : [.. Enumerable.Range(0, (int)weights).Select(_ => Weight(weighting, random))],
            Maps = new Dictionary<string, double[]> { [Map] = [.. scene.Logits.Select(_ => (4 * random.NextDouble()) - 2)] },
            Instances = labels != Labels.Hard || !hasInstances ? null : Instances(scene, random),
        };
    }

    private static double Weight(Weighting weighting, Random random) => weighting switch
    {
        Weighting.One => 1,
        Weighting.Zeros when random.NextDouble() < 0.4 => 0,
        _ => 3 * random.NextDouble(),
    };

    private static double[] Soft(Scene scene, Labels labels, Random random)
    {
        var soft = new double[scene.Logits.Length];
        var isMulticlass = scene.Mode == SegmentationMode.Multiclass;
        for (var image = 0L; image < scene.Images; image++)
        {
            for (var pixel = 0L; pixel < scene.Pixels; pixel++)
            {
                var isHard = labels == Labels.OneHot || (labels == Labels.Sparse && random.NextDouble() < 0.4);
                var y = new double[scene.Classes];
                for (var k = 0; k < y.Length; k++)
                {
                    y[k] = isHard ? scene.Membership(image, k, pixel)
                        : labels == Labels.Equal ? 1
                        : labels == Labels.Sparse && random.NextDouble() < 0.5 ? 0
                        : random.NextDouble();
                }

                var sum = isMulticlass ? y.Sum() : labels == Labels.Equal ? 2 : 1;
                for (var k = 0; k < y.Length; k++)
                {
                    soft[scene.At(image, k, pixel)] = scene.Weight(image, k, pixel) == 0 ? Scene.Ignore : sum == 0 ? (k == 0 ? 1 : 0) : y[k] / sum;
                }
            }
        }

        return soft;
    }

    /// <summary>Short runs of 0 to 3 in each row.</summary>
    private static long[] Instances(Scene scene, Random random)
    {
        var ids = new long[scene.Labels.Length];
        var id = 0L;
        for (var i = 0; i < ids.Length; i++)
        {
            id = random.NextDouble() < 0.2 ? random.NextInt64(4) : id;
            ids[i] = id;
        }

        return ids;
    }
}
