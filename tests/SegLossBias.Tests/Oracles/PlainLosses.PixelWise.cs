using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Oracles;

/// <content>Losses of single pixels, pixel by pixel.</content>
internal static partial class PlainLosses
{
    /// <summary>Binary cross-entropy with v for the foreground; the normaliser has the weights of the classes alone.</summary>
    internal static double PositiveCrossEntropy(Scene scene, double[] positive, double[]? weight = null, double smoothing = 0, long[]? channels = null)
    {
        double sum = 0, total = 0;
        foreach (var region in Images(scene).SelectMany(n => (channels ?? Channels(scene)).Select(k => PlainRegion.Foreground(scene, n, k))))
        {
            for (var pixel = 0L; pixel < scene.Pixels; pixel++)
            {
                var (p, y, w) = (region.Probability(pixel), region.Membership(pixel), region.Weight(pixel));
                if (w > 0)
                {
                    var (inside, outside) = (ClassWeight(weight, region), ClassWeight(weight, region with { IsBackground = true }));
                    var soft = ((1 - smoothing) * y) + (smoothing / 2);
                    sum -= w * ((positive[region.Class] * inside * soft * Math.Log(p)) + (outside * (1 - soft) * Math.Log(1 - p)));
                    total += w * ((inside * y) + (outside * (1 - y)));
                }
            }
        }

        return Ratio(sum, total);
    }

    /// <summary>The mean of −log p + ε(1 − p).</summary>
    internal static double Poly1(Scene scene, double epsilon = 1, double[]? weight = null, long[]? classes = null) =>
        PixelMean(scene, weight, p => -Math.Log(p) + (epsilon * (1 - p)), classes);

    /// <summary>The mean of α times the cross-entropy and β times −A(1 − p).</summary>
    internal static double SymmetricCrossEntropy(Scene scene, double alpha = 0.1, double beta = 1, double logZero = -4, double[]? weight = null, long[]? classes = null) =>
        PixelMean(scene, weight, p => (-alpha * Math.Log(p)) - (beta * logZero * (1 - p)), classes);

    /// <summary>The focal loss with all its options.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="gammas">γ of all, or of each class; in binary mode of background and foreground.</param>
    /// <param name="alpha">Of the foreground; in softmax form of all classes but the first.</param>
    /// <param name="form">Softmax or sigmoids.</param>
    /// <param name="weight">Of the classes.</param>
    /// <param name="classes">Those that count.</param>
    /// <param name="averages">Whether a pixel of exclusive classes has the mean over those.</param>
    internal static double FocalOf(Scene scene, double[] gammas, double? alpha = null, FocalForm form = FocalForm.OneVsRest, double[]? weight = null, long[]? classes = null, bool averages = false, Pooling pooling = Pooling.Batch)
    {
        var isMulticlass = scene.Mode == SegmentationMode.Multiclass;
        var isSigmoid = !isMulticlass || form == FocalForm.OneVsRest;
        var counted = classes ?? [.. Channels(scene)];
        double sum = 0, total = 0, ofImages = 0;
        foreach (var n in Images(scene))
        {
            (sum, total) = pooling == Pooling.Image ? (0, 0) : (sum, total);
            foreach (var k in counted)
            {
                var own = PlainRegion.Foreground(scene, n, k) with { IsSigmoid = isSigmoid };
                total += own.ValidSize / (isMulticlass ? counted.Length : 1);
                foreach (var side in isSigmoid ? [own, own with { IsBackground = true }] : new[] { own })
                {
                    var gamma = gammas.Length == 1 ? gammas[0] : gammas[scene.Mode == SegmentationMode.Binary ? (side.IsBackground ? 0 : 1) : k];
                    var isNegative = isSigmoid ? side.IsBackground : k == 0;
                    sum += ClassWeight(weight, side) * (alpha is { } a ? (isNegative ? 1 - a : a) : 1) * side.Focal(gamma);
                }
            }

            ofImages += Ratio(sum, total);
        }

        return (pooling == Pooling.Image ? ofImages / scene.Images : Ratio(sum, total)) / (averages && isMulticlass ? counted.Length : 1);
    }

    /// <summary>λ times the focal cross-entropy and 1 − λ times the focal Tversky loss, as the code of the paper has them.</summary>
    internal static double UnifiedFocal(Scene scene, double share = 0.5, double delta = 0.6, double gamma = 0.5, bool isSymmetric = false, Pooling pooling = Pooling.Image, double smoothing = 1e-7, AbsentClass absent = AbsentClass.Keep, long[]? classes = null)
    {
        bool IsRare(PlainRegion region) => scene.Mode == SegmentationMode.Multiclass ? region.Class > 0 : !region.IsBackground;
        double CrossEntropy(PlainRegion region) => IsRare(region)
            ? delta * (isSymmetric ? region.Focal(gamma) : region.NegativeLogLikelihood)
            : (1 - delta) * region.Focal(gamma);

        var groups = pooling == Pooling.Batch ? [Images(scene).ToArray()] : Images(scene).Select(n => (long[])[n]).ToArray();
        var total = 0.0;
        foreach (var images in groups)
        {
            var regions = images.SelectMany(n => PlainRegion.All(scene, n)).Where(region => Counts(region, classes)).ToList();
            var tversky = new List<double>();
            foreach (var group in regions.GroupBy(region => (region.Class, region.IsBackground)))
            {
                var (hit, mass, size) = (group.Sum(region => region.Overlap), group.Sum(region => region.PredictedSize()), group.Sum(region => region.TargetSize));
                var isCounted = absent == AbsentClass.Keep ? group.Sum(region => region.ValidSize) > 0 : size > 0;
                var error = Math.Max(0, 1 - ((hit + smoothing) / (hit + (delta * (size - hit)) + ((1 - delta) * (mass - hit)) + smoothing)));
                if (isCounted || absent != AbsentClass.LeaveOut)
                {
                    tversky.Add(!isCounted ? 0 : isSymmetric || IsRare(group.First()) ? Math.Pow(error, 1 - gamma) : error);
                }
            }

            total += images.All(n => Valid(scene, n) == 0) ? 0
                : (share * Ratio(regions.Sum(CrossEntropy), regions.Sum(region => region.TargetSize))) + ((1 - share) * Ratio(tversky.Sum(), tversky.Count));
        }

        return total / groups.Length;
    }

    /// <summary>The mean of f·ℓ over the pixels, or over their f: of each class, then over classes; of channels on their own together.</summary>
    internal static double ReducedFocal(Scene scene, double gamma = 2, double? threshold = null, double? alpha = null, bool isNormalized = false, double[]? weight = null, long[]? classes = null, bool sumsClasses = false, bool sumsPixels = false)
    {
        long[] counted = classes ?? [.. Channels(scene)];
        var isMulticlass = scene.Mode == SegmentationMode.Multiclass;
        var means = (isMulticlass ? counted.Select(k => (long[])[k]) : [counted]).Select(classes =>
        {
            double sum = 0, total = 0;
            foreach (var region in Images(scene).SelectMany(n => classes.Select(k => PlainRegion.Foreground(scene, n, k) with { IsSigmoid = true })))
            {
                for (var pixel = 0L; pixel < scene.Pixels; pixel++)
                {
                    var (z, y, w) = (region.Probability(pixel), region.Membership(pixel), region.Weight(pixel));
                    if (w > 0)
                    {
                        var loss = -(y * Math.Log(z)) - ((1 - y) * Math.Log(1 - z));
                        var p = Math.Exp(-loss);
                        var factor = threshold is { } limit ? (p < limit ? 1 : Math.Pow((1 - p) / limit, gamma)) : Math.Pow(1 - p, gamma);
                        sum += w * factor * loss * (alpha is { } a ? (a * y) + ((1 - a) * (1 - y)) : 1)
                            * ((y * ClassWeight(weight, region)) + ((1 - y) * ClassWeight(weight, region with { IsBackground = true })));
                        total += w * (isNormalized ? factor : 1);
                    }
                }
            }

            return isNormalized ? sum / Math.Max(total, 1e-6) : sumsPixels ? sum : Ratio(sum, total);
        }).ToArray();
        return sumsClasses ? means.Sum() : means.Average();
    }

    /// <summary>Σ w·y·loss(p) / Σ w·y over all regions, with the weights of the classes.</summary>
    private static double PixelMean(Scene scene, double[]? weight, Func<double, double> loss, long[]? classes = null)
    {
        double sum = 0, total = 0;
        foreach (var region in Images(scene).SelectMany(n => PlainRegion.All(scene, n)).Where(region => Counts(region, classes)))
        {
            for (var pixel = 0L; pixel < scene.Pixels; pixel++)
            {
                var share = region.Weight(pixel) == 0 ? 0 : ClassWeight(weight, region) * region.Weight(pixel) * region.Membership(pixel);
                sum += share == 0 ? 0 : share * loss(region.Probability(pixel));
                total += share;
            }
        }

        return Ratio(sum, total);
    }
}
