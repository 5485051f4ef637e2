using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Oracles;

/// <content>Scores of overlap, and generalised Dice.</content>
internal static partial class PlainLosses
{
    /// <summary>1 − D or −log D with D = (2I+s) / max(P+T+s, ε).</summary>
    internal static double Dice(Scene scene, bool isLog = false, Pooling pooling = Pooling.Batch, double smooth = 0, double epsilon = 1e-7, AbsentClass absent = AbsentClass.CountZero, long[]? classes = null, DiceForm form = DiceForm.Plain) =>
        Overlap(scene, new PlainOverlap(2, 1, 1) { Link = isLog ? OverlapLink.Log : OverlapLink.Linear, Pooling = pooling, Smoothing = smooth, Epsilon = epsilon, Absent = absent, Classes = classes, Form = form });

    /// <summary>1 − TI, to a power, with TI = (I+s) / max(I + α(P−I) + β(T−I) + s, ε).</summary>
    internal static double Tversky(Scene scene, double alpha, double beta, double exponent = 1, Pooling pooling = Pooling.Batch, double smoothing = 0, double epsilon = 1e-7, AbsentClass absent = AbsentClass.CountZero, long[]? classes = null) =>
        Overlap(scene, new PlainOverlap(1, alpha, beta) { Exponent = exponent, Pooling = pooling, Smoothing = smoothing, Epsilon = epsilon, Absent = absent, Classes = classes });

    /// <summary>The mean over classes of a loss of the regions of the batch or of each image.</summary>
    internal static double Overlap(Scene scene, PlainOverlap options)
    {
        var groups = Groups(scene, options.Pooling);
        var total = 0.0;
        foreach (var images in groups)
        {
            var (sum, weights, count) = (0.0, 0.0, 0);
            foreach (var k in options.Classes ?? Channels(scene))
            {
                var regions = images.Select(n => PlainRegion.Foreground(scene, n, k)).ToList();
                var isCounted = regions.Sum(region => options.Absent == AbsentClass.Keep ? region.ValidSize : region.TargetSize) > 0;
                var weight = ClassWeight(options.Weight, regions[0]);
                sum += isCounted ? weight * Math.Pow(OfRegions(regions, options), options.Exponent) : 0;
                if (isCounted || options.Absent != AbsentClass.LeaveOut)
                {
                    (weights, count) = (weights + weight, count + 1);
                }
            }

            var isValid = images.Any(n => Valid(scene, n) > 0);
            var joined = options.Reduction == ClassReduction.Sum ? sum : Ratio(sum, options.NormalizesWeight ? weights : count);
            total += isValid ? Math.Pow(joined, options.ExponentOfMean) : 0;
        }

        return total / groups.Count;
    }

    /// <summary>1 − (2·Σ w·I + s) / (Σ w·(P + T) + s').</summary>
    internal static double GeneralizedDice(
        Scene scene,
        double epsilon = 1e-7,
        AbsentWeight absent = AbsentWeight.Largest,
        SizeWeighting weighting = SizeWeighting.Square,
        Pooling pooling = Pooling.Batch,
        long[]? classes = null,
        bool withBackground = true,
        double smoothing = 0,
        double? below = null)
    {
        double OfImages(long[] images)
        {
            bool[] sides = scene.Mode == SegmentationMode.Binary && withBackground ? [false, true] : [false];
            var all = sides.SelectMany(isBackground => (classes ?? Channels(scene)).Select(k =>
            {
                var regions = images.Select(n => PlainRegion.Foreground(scene, n, k) with { IsBackground = isBackground }).ToList();
                return (Hit: regions.Sum(region => region.Overlap), Mass: regions.Sum(region => region.PredictedSize()), Size: regions.Sum(region => region.TargetSize));
            })).ToList();
            double Power(double size) => weighting switch { SizeWeighting.Square => size * size, SizeWeighting.Simple => size, _ => 1 };
            var largest = all.Where(region => region.Size > 0).Select(region => 1 / Power(region.Size)).DefaultIfEmpty(0).Max();
            double Weight(double size) => absent == AbsentWeight.Bounded ? 1 / Math.Max(Power(size), epsilon)
                : size > 0 ? 1 / Power(size)
                : absent == AbsentWeight.LeaveOut ? 0
                : weighting == SizeWeighting.Uniform ? 1
                : largest;
            var overlap = (2 * all.Sum(region => Weight(region.Size) * region.Hit)) + smoothing;
            var mass = all.Sum(region => Math.Max(Weight(region.Size) * (region.Mass + region.Size), absent == AbsentWeight.Bounded ? epsilon : 0)) + (below ?? smoothing);
            return mass > 0 && images.Any(n => Valid(scene, n) > 0) ? 1 - (overlap / mass) : 0;
        }

        var groups = Groups(scene, pooling);
        return groups.Sum(OfImages) / groups.Count;
    }

    private static double OfRegions(IReadOnlyList<PlainRegion> regions, PlainOverlap options)
    {
        double Sum(Func<PlainRegion, double> value) => regions.Sum(value);
        var (predicted, target) = options.Form == DiceForm.Squared
            ? (Sum(region => region.PredictedPower(2)), Sum(region => region.TargetSquare))
            : (Sum(region => region.PredictedSize()), Sum(region => region.TargetSize));
        var overlap = options.Form == DiceForm.Distance ? (predicted + target - Sum(region => region.Difference)) / 2 : Sum(region => region.Overlap);
        var hit = options.Hits * Math.Max(overlap, options.MinimumOverlap);
        var total = hit + (options.FalseAlarms * (predicted - overlap)) + (options.Misses * (target - overlap));
        var score = (hit + options.Smoothing) / Math.Max(total + (options.SmoothingBelow ?? options.Smoothing), options.Epsilon);
        return options.Link switch
        {
            OverlapLink.Log => -Math.Log(Math.Max(score, options.Epsilon)),
            OverlapLink.LogCosh => Math.Log(Math.Cosh(1 - score)),
            OverlapLink.Negative => -score,
            _ => 1 - score,
        };
    }

    /// <summary>The images whose sums are pooled.</summary>
    private static List<long[]> Groups(Scene scene, Pooling pooling) => pooling == Pooling.Batch ? [Images(scene).ToArray()] : [.. Images(scene).Select(n => (long[])[n])];
}
