using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Oracles;

/// <summary>
/// One region of one image, class k or with <paramref name="IsBackground"/> all that is not k, in plain loops over
/// doubles. Written from the formulas, without tensors, so that it shares no mistake with the library.
/// </summary>
internal readonly record struct PlainRegion(Scene Scene, long Image, long Class, bool IsBackground, bool IsSigmoid)
{
    /// <summary>Σ w.</summary>
    internal double ValidSize => Sum((_, _, weight) => weight);

    /// <summary>Σ w·y.</summary>
    internal double TargetSize => Sum((_, y, weight) => weight * y);

    /// <summary>Σ w·y².</summary>
    internal double TargetSquare => Sum((_, y, weight) => weight * y * y);

    internal double Overlap => OverlapPower(1);

    internal double NegativeLogLikelihood => NegativeLogPower(1);

    /// <summary>Σ w·(−log p).</summary>
    internal double NegativeLogEverywhere => Sum((p, _, weight) => -weight * Math.Log(p));

    /// <summary>Σ w·|p − y|.</summary>
    internal double Difference => Sum((p, y, weight) => weight * Math.Abs(p - y));

    /// <summary>The regions of an image: the classes, or foreground and background of each channel.</summary>
    internal static IEnumerable<PlainRegion> All(Scene scene, long image)
    {
        for (var k = 0L; k < scene.Classes; k++)
        {
            yield return Foreground(scene, image, k);
            if (scene.Mode != SegmentationMode.Multiclass)
            {
                yield return Foreground(scene, image, k) with { IsBackground = true };
            }
        }
    }

    internal static PlainRegion Foreground(Scene scene, long image, long k) => new(scene, image, k, false, scene.Mode != SegmentationMode.Multiclass);

    internal double PredictedSize(double temperature = 1) => Sum((p, _, weight) => weight * p, temperature);

    /// <summary>Σ w·p^q.</summary>
    internal double PredictedPower(double exponent) => Sum((p, _, weight) => weight * Math.Pow(p, exponent));

    /// <summary>Σ w·y·p^q.</summary>
    internal double OverlapPower(double exponent) => Sum((p, y, weight) => y == 0 ? 0 : weight * y * Math.Pow(p, exponent));

    /// <summary>Σ w·y·(−log p)^γ.</summary>
    internal double NegativeLogPower(double exponent) => Sum((p, y, weight) => y == 0 ? 0 : weight * y * Math.Pow(-Math.Log(p), exponent));

    /// <summary>Σ w·y_j·p.</summary>
    internal double Confusion(long trueClass)
    {
        var sum = 0.0;
        for (var pixel = 0L; pixel < Scene.Pixels; pixel++)
        {
            sum += Weight(pixel) == 0 ? 0 : Weight(pixel) * Scene.Membership(Image, trueClass, pixel) * Probability(pixel);
        }

        return sum;
    }

    /// <summary>Σ w·φ·p.</summary>
    internal double MapSum(string map)
    {
        var sum = 0.0;
        for (var pixel = 0L; pixel < Scene.Pixels; pixel++)
        {
            sum += Weight(pixel) == 0 ? 0 : Weight(pixel) * Scene.Maps[map][Scene.At(Image, Class, pixel)] * Probability(pixel);
        }

        return sum;
    }

    /// <summary>Σ w·y·(1−p)^γ · −log p, with p ← (1−s)·p + s/(K−1)·(1−p) + s.</summary>
    internal double Focal(double gamma, double smoothing = 0)
    {
        var classes = Scene.Classes;
        return Sum((p, y, weight) =>
        {
            var smoothed = smoothing == 0 ? p : ((1 - smoothing) * p) + (smoothing / (classes - 1) * (1 - p)) + smoothing;
            return y == 0 ? 0 : -weight * y * Math.Pow(1 - smoothed, gamma) * Math.Log(smoothed);
        });
    }

    internal double TargetProportion(double epsilon = 0) => Proportion(TargetSize, epsilon);

    internal double PredictedProportion(double temperature = 1, double epsilon = 0) => Proportion(PredictedSize(temperature), epsilon);

    /// <summary>exp(τz_k) / Σ_j exp(τz_j), or 1 / (1 + exp(−τz)), of the background 1 / (1 + exp(τz)).</summary>
    internal double Probability(long pixel, double temperature = 1)
    {
        if (IsSigmoid)
        {
            return 1 / (1 + Math.Exp((IsBackground ? temperature : -temperature) * Logit(Class, pixel)));
        }

        // 1 / Σ_j exp(τ(z_j − z_k)), which no logit makes ∞/∞.
        var all = 0.0;
        for (var j = 0L; j < Scene.Classes; j++)
        {
            all += Math.Exp(temperature * (Logit(j, pixel) - Logit(Class, pixel)));
        }

        return 1 / all;
    }

    /// <summary>What a pixel weighs; 0 where it is ignored.</summary>
    internal double Weight(long pixel) => Scene.Weight(Image, Class, pixel);

    /// <summary>How far a pixel is of the region, 0 to 1.</summary>
    internal double Membership(long pixel)
    {
        var y = Scene.Membership(Image, Class, pixel);
        return IsBackground ? 1 - y : y;
    }

    private double Proportion(double size, double epsilon) => ValidSize + epsilon == 0 ? 0 : (size + epsilon) / (ValidSize + epsilon);

    private double Logit(long channel, long pixel) => Scene.Logits[(((Image * Scene.Classes) + channel) * Scene.Pixels) + pixel];

    /// <summary>The sum of a function of p, y and w over the pixels that are not ignored.</summary>
    private double Sum(Func<double, double, double, double> value, double temperature = 1)
    {
        var region = this;
        var sum = 0.0;
        for (var pixel = 0L; pixel < Scene.Pixels; pixel++)
        {
            if (Weight(pixel) is var weight and not 0)
            {
                sum += value(region.Probability(pixel, temperature), region.Membership(pixel), weight);
            }
        }

        return sum;
    }
}
