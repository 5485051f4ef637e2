using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Oracles;

/// <summary>Every loss once more, from its published formula and in plain loops; Reduction.Mean.</summary>
internal static partial class PlainLosses
{
    /// <summary>With label smoothing s every label y is (1−s)·y + s/K.</summary>
    internal static double CrossEntropy(Scene scene, double[]? weight = null, CrossEntropyForm form = CrossEntropyForm.Pixel, double smoothing = 0)
    {
        var all = Images(scene).SelectMany(n => PlainRegion.All(scene, n)).ToList();
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
    internal static double GeneralizedCrossEntropy(Scene scene, double exponent = 0.7)
    {
        var all = Images(scene).SelectMany(n => PlainRegion.All(scene, n)).ToList();
        return Ratio(all.Sum(region => (region.TargetSize - region.OverlapPower(exponent)) / exponent), all.Sum(region => region.TargetSize));
    }

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

    /// <summary>1 − D or −log D with D = (2I+s) / max(P+T+s, ε).</summary>
    internal static double Dice(Scene scene, bool isLog = false, Pooling pooling = Pooling.Batch, double smooth = 0, double epsilon = 1e-7, AbsentClass absent = AbsentClass.CountZero, long[]? classes = null, DiceForm form = DiceForm.Plain) =>
        Overlap(scene, pooling, absent, classes, regions =>
        {
            double Sum(Func<PlainRegion, double> value) => regions.Sum(value);
            var (hit, size) = form switch
            {
                DiceForm.Squared => (2 * Sum(region => region.Overlap), Sum(region => region.PredictedPower(2) + region.TargetSquare)),
                DiceForm.Distance => (Sum(region => region.PredictedSize() + region.TargetSize - region.Difference), Sum(region => region.PredictedSize() + region.TargetSize)),
                _ => (2 * Sum(region => region.Overlap), Sum(region => region.PredictedSize() + region.TargetSize)),
            };
            var score = (hit + smooth) / Math.Max(size + smooth, epsilon);
            return isLog ? -Math.Log(Math.Max(score, epsilon)) : 1 - score;
        });

    /// <summary>1 − TI, to a power, with TI = (I+s) / max(I + α(P−I) + β(T−I) + s, ε).</summary>
    internal static double Tversky(Scene scene, double alpha, double beta, double exponent = 1, Pooling pooling = Pooling.Batch, double smoothing = 0, double epsilon = 1e-7, AbsentClass absent = AbsentClass.CountZero, long[]? classes = null) =>
        Overlap(scene, pooling, absent, classes, regions =>
        {
            var (hit, mass, size) = (regions.Sum(region => region.Overlap), regions.Sum(region => region.PredictedSize()), regions.Sum(region => region.TargetSize));
            return Math.Pow(1 - ((hit + smoothing) / Math.Max(hit + (alpha * (mass - hit)) + (beta * (size - hit)) + smoothing, epsilon)), exponent);
        });

    /// <summary>The mean over the largest ⌊ratio·|V|⌋ losses of single pixels, at least one.</summary>
    internal static double TopK(Scene scene, double ratio, Pooling pooling = Pooling.Batch, double smoothing = 0)
    {
        double Mean(IEnumerable<(double Loss, double Weight)> losses)
        {
            var sorted = losses.OrderByDescending(pixel => pixel.Loss).ToArray();
            var hardest = sorted.Take(Math.Max(1, (int)Math.Floor(ratio * sorted.Length))).ToArray();
            return Ratio(hardest.Sum(pixel => pixel.Weight * pixel.Loss), hardest.Sum(pixel => pixel.Weight));
        }

        IEnumerable<(double Loss, double Weight)> Losses(long image) => PlainStatistics.PixelLosses(scene, image, smoothing);
        return pooling == Pooling.Batch ? Mean(Images(scene).SelectMany(Losses)) : Images(scene).Sum(n => Mean(Losses(n))) / scene.Images;
    }

    internal static double GeneralizedDice(Scene scene, double epsilon = 1e-7)
    {
        double overlap = 0, mass = 0;
        foreach (var isBackground in scene.Mode == SegmentationMode.Binary ? [false, true] : new[] { false })
        {
            foreach (var k in Channels(scene))
            {
                var regions = Images(scene).Select(n => PlainRegion.Foreground(scene, n, k) with { IsBackground = isBackground }).ToList();
                var size = regions.Sum(region => (double)region.TargetSize);
                var weight = 1 / Math.Max(size * size, epsilon);
                overlap += weight * regions.Sum(region => region.Overlap);
                mass += Math.Max(weight * (regions.Sum(region => region.PredictedSize()) + size), epsilon);
            }
        }

        return Images(scene).Any(n => Valid(scene, n) > 0) ? 1 - (2 * overlap / mass) : 0;
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

    /// <summary>The mean over classes of a loss of the regions of the batch or of each image.</summary>
    private static double Overlap(Scene scene, Pooling pooling, AbsentClass absent, long[]? classes, Func<IReadOnlyList<PlainRegion>, double> loss)
    {
        var groups = pooling == Pooling.Batch ? [Images(scene).ToArray()] : Images(scene).Select(n => (long[])[n]).ToArray();
        var total = 0.0;
        foreach (var images in groups)
        {
            var losses = new List<double>();
            foreach (var k in classes ?? Channels(scene))
            {
                var regions = images.Select(n => PlainRegion.Foreground(scene, n, k)).ToList();
                var size = regions.Sum(region => (double)region.TargetSize);
                var isCounted = absent == AbsentClass.Keep ? regions.Sum(region => region.ValidSize) > 0 : size > 0;
                if (isCounted || absent != AbsentClass.LeaveOut)
                {
                    losses.Add(isCounted ? loss(regions) : 0);
                }
            }

            total += Ratio(losses.Sum(), losses.Count);
        }

        return total / groups.Length;
    }

    private static double RegionSize(Scene scene, ClassReduction reduction, Func<PlainRegion, double> penalty) =>
        Images(scene).SelectMany(n => Channels(scene).Select(k => PlainRegion.Foreground(scene, n, k)))
            .Where(region => region.ValidSize > 0).Sum(penalty) / scene.Images / (reduction == ClassReduction.Mean ? scene.Classes : 1);

    private static double ClassWeight(double[]? weight, PlainRegion region) => weight is null ? 1
        : weight[region.Scene.Mode == SegmentationMode.Binary ? (region.IsBackground ? 0 : 1) : region.Class];

    private static double Valid(Scene scene, long image) => Channels(scene).Sum(k => (double)PlainRegion.Foreground(scene, image, k).ValidSize);

    private static double Ratio(double sum, double count) => count == 0 ? 0 : sum / count;

    private static IEnumerable<long> Images(Scene scene) => Enumerable.Range(0, (int)scene.Images).Select(n => (long)n);

    private static IEnumerable<long> Channels(Scene scene) => Enumerable.Range(0, (int)scene.Classes).Select(k => (long)k);
}
