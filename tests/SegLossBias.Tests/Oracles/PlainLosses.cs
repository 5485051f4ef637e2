using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Oracles;

/// <summary>Every loss once more, from its published formula and in plain loops; Reduction.Mean.</summary>
internal static partial class PlainLosses
{
    /// <summary>With label smoothing s every label y is (1−s)·y + s/K.</summary>
    internal static double CrossEntropy(Scene scene, double[]? weight = null, CrossEntropyForm form = CrossEntropyForm.Pixel, double smoothing = 0, long[]? counted = null)
    {
        var all = Images(scene).SelectMany(n => PlainRegion.All(scene, n)).Where(region => Counts(region, counted)).ToList();
        if (smoothing > 0)
        {
            var classes = scene.Mode == SegmentationMode.Multiclass ? scene.Classes : 2;
            return Ratio(
                all.Sum(region => ClassWeight(weight, region) * (((1 - smoothing) * region.NegativeLogLikelihood) + (smoothing / classes * region.NegativeLogEverywhere))),
                all.Sum(region => ClassWeight(weight, region) * region.TargetSize));
        }

        var regions = all.Where(region => region.TargetSize > 0).ToList();
        var sizes = regions.GroupBy(region => (region.Class, region.IsBackground)).ToDictionary(group => group.Key, group => group.Sum(region => (double)region.TargetSize));
        if (form == CrossEntropyForm.Region)
        {
            return regions.Sum(region => region.NegativeLogLikelihood / region.TargetSize) / scene.Images;
        }

        double Weight(PlainRegion region) => form == CrossEntropyForm.Pixel ? ClassWeight(weight, region) : 1 / sizes[(region.Class, region.IsBackground)];
        return Ratio(regions.Sum(region => Weight(region) * region.NegativeLogLikelihood), regions.Sum(region => Weight(region) * region.TargetSize));
    }

    /// <summary>The mean of (1 − p^q)/q, p the probability of the label.</summary>
    internal static double GeneralizedCrossEntropy(Scene scene, double exponent = 0.7, double[]? weight = null, long[]? classes = null) =>
        PixelMean(scene, weight, p => (1 - Math.Pow(p, exponent)) / exponent, classes);

    /// <summary>The mean of φ·p over the valid pixels, then over classes and images.</summary>
    internal static double Boundary(Scene scene, string map = "distance", long[]? classes = null) =>
        Images(scene).Sum(n => (classes ?? Channels(scene)).Average(k => Ratio(PlainRegion.Foreground(scene, n, k).MapSum(map), PlainRegion.Foreground(scene, n, k).ValidSize))) / scene.Images;

    /// <summary>For each instance the Dice loss over the image without the other instances of its class; the mean of each image, then of the batch.</summary>
    internal static double BlobDice(Scene scene, double smoothing = 0)
    {
        double OfImage(long n)
        {
            var losses = new List<double>();
            foreach (var k in Channels(scene))
            {
                bool IsOf(long pixel) => scene.Membership(n, k, pixel) == 1 && scene.Weight(n, k, pixel) > 0;
                var region = PlainRegion.Foreground(scene, n, k);
                var pixels = Enumerable.Range(0, (int)scene.Pixels).Select(pixel => (long)pixel).Where(pixel => region.Weight(pixel) > 0).ToList();
                foreach (var instance in pixels.Where(IsOf).Select(pixel => scene.Instance(n, k, pixel)).Where(id => id >= 0).Distinct())
                {
                    var own = pixels.Where(pixel => IsOf(pixel) && scene.Instance(n, k, pixel) == instance).ToList();
                    var domain = pixels.Where(pixel => !IsOf(pixel)).Concat(own);
                    var hit = own.Sum(pixel => region.Weight(pixel) * region.Probability(pixel));
                    var size = domain.Sum(pixel => region.Weight(pixel) * region.Probability(pixel)) + own.Sum(pixel => region.Weight(pixel));
                    losses.Add(1 - (((2 * hit) + smoothing) / (size + smoothing)));
                }
            }

            return Ratio(losses.Sum(), losses.Count);
        }

        return Images(scene).Sum(OfImage) / scene.Images;
    }

    internal static double Focal(Scene scene, double gamma = 2, FocalForm form = FocalForm.OneVsRest, double smoothing = 0, double[]? weight = null)
    {
        var own = Images(scene).SelectMany(n => Channels(scene).Select(k => PlainRegion.Foreground(scene, n, k))).ToList();
        var isSigmoid = scene.Mode != SegmentationMode.Multiclass || form == FocalForm.OneVsRest;
        var regions = isSigmoid
            ? own.SelectMany(region => (PlainRegion[])[region with { IsSigmoid = true }, region with { IsSigmoid = true, IsBackground = true }])
            : own;
        var channelsPerPixel = scene.Mode == SegmentationMode.Multiclass ? scene.Classes : 1;
        return Ratio(regions.Sum(region => ClassWeight(weight, region) * region.Focal(gamma, smoothing)), own.Sum(region => (double)region.ValidSize) / channelsPerPixel);
    }

    /// <summary>The mean over the largest ⌊ratio·|V|⌋ losses of single pixels, at least one.</summary>
    internal static double TopK(Scene scene, double ratio, Pooling pooling = Pooling.Batch, double smoothing = 0, double[]? weight = null, long[]? classes = null)
    {
        double Mean(IEnumerable<PixelLoss> losses)
        {
            var sorted = losses.OrderByDescending(pixel => pixel.Loss).ToArray();
            var hardest = sorted.Take(Math.Max(1, (int)Math.Floor(ratio * sorted.Length))).ToArray();
            return Ratio(hardest.Sum(pixel => pixel.Weight * pixel.Loss), hardest.Sum(pixel => pixel.Weight));
        }

        return OverRows(scene, pooling, images => Mean(images.SelectMany(n => PixelLosses(scene, n, smoothing, weight, classes))));
    }

    internal static double DiceBias(Scene scene, double temperature = 1, ClassReduction reduction = ClassReduction.Mean, double epsilon = 1e-10) =>
        RegionSize(scene, reduction, region => Math.Log(region.PredictedProportion(temperature, epsilon) + region.TargetProportion(epsilon) + epsilon));

    internal static double L1(Scene scene, double temperature = 10, ClassReduction reduction = ClassReduction.Mean, double epsilon = 1e-10) =>
        RegionSize(scene, reduction, region => Math.Abs(region.PredictedProportion(temperature, epsilon) - region.TargetProportion(epsilon)));

    internal static double Kl(Scene scene, double temperature = 10, ClassReduction reduction = ClassReduction.Sum, double epsilon = 1e-10)
    {
        double Divergence(PlainRegion region)
        {
            var truth = region.TargetProportion(epsilon);
            return truth == 0 ? 0 : truth * Math.Log(truth / region.PredictedProportion(temperature, epsilon));
        }

        return RegionSize(scene, reduction, region => Divergence(region) + (region.IsSigmoid ? Divergence(region with { IsBackground = true }) : 0));
    }

    private static double RegionSize(Scene scene, ClassReduction reduction, Func<PlainRegion, double> penalty) =>
        Images(scene).SelectMany(n => Channels(scene).Select(k => PlainRegion.Foreground(scene, n, k)))
            .Where(region => region.ValidSize > 0).Sum(penalty) / scene.Images / (reduction == ClassReduction.Mean ? scene.Classes : 1);

    private static double ClassWeight(double[]? weight, PlainRegion region) => weight is null ? 1
        : weight[region.Scene.Mode == SegmentationMode.Binary ? (region.IsBackground ? 0 : 1) : region.Class];

    private static bool Counts(PlainRegion region, long[]? classes) => classes?.Contains(region.Class) ?? true;

    private static double Valid(Scene scene, long image) => Channels(scene).Sum(k => (double)PlainRegion.Foreground(scene, image, k).ValidSize);

    private static double Ratio(double sum, double count) => count == 0 ? 0 : sum / count;

    private static IEnumerable<long> Images(Scene scene) => Enumerable.Range(0, (int)scene.Images).Select(n => (long)n);

    private static IEnumerable<long> Channels(Scene scene) => Enumerable.Range(0, (int)scene.Classes).Select(k => (long)k);
}
