using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Oracles;

/// <summary>
/// One region of one image, class k or with <paramref name="IsBackground"/> all that is not k, in plain loops over
/// doubles. Written from the formulas, without tensors, so that it shares no mistake with the library.
/// </summary>
internal readonly record struct PlainRegion(Scene Scene, long Image, long Class, bool IsBackground, bool IsSigmoid)
{
    internal long ValidSize => (long)Sum(within: false, _ => 1);

    internal long TargetSize => (long)Sum(within: true, _ => 1);

    internal double Overlap
    {
        get
        {
            var region = this;
            return Sum(within: true, pixel => region.Probability(pixel));
        }
    }

    internal double NegativeLogLikelihood
    {
        get
        {
            var region = this;
            return Sum(within: true, pixel => -Math.Log(region.Probability(pixel)));
        }
    }

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

    internal double PredictedSize(double temperature = 1)
    {
        var region = this;
        return Sum(within: false, pixel => region.Probability(pixel, temperature));
    }

    /// <summary>Σ (1−p)^γ · −log p, with p ← (1−s)·p + s/(K−1)·(1−p) + s.</summary>
    internal double Focal(double gamma, double smoothing = 0)
    {
        var region = this;
        return Sum(within: true, pixel =>
        {
            var p = region.Probability(pixel);
            var smoothed = smoothing == 0 ? p : ((1 - smoothing) * p) + (smoothing / (region.Scene.Classes - 1) * (1 - p)) + smoothing;
            return -Math.Pow(1 - smoothed, gamma) * Math.Log(smoothed);
        });
    }

    internal double TargetProportion(double epsilon = 0) => (TargetSize + epsilon) / (Math.Max(ValidSize, 1) + epsilon);

    internal double PredictedProportion(double temperature = 1, double epsilon = 0) => (PredictedSize(temperature) + epsilon) / (Math.Max(ValidSize, 1) + epsilon);

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

    internal bool IsWithin(long pixel) => IsValid(pixel)
        && IsBackground != (Scene.Mode == SegmentationMode.Multiclass ? Label(pixel) == Class : Label(pixel) == 1);

    internal bool IsValid(long pixel) => Label(pixel) != Scene.Ignore;

    private long Label(long pixel) => Scene.Mode == SegmentationMode.Multilabel
        ? Scene.Labels[(((Image * Scene.Classes) + Class) * Scene.Pixels) + pixel]
        : Scene.Labels[(Image * Scene.Pixels) + pixel];

    private double Logit(long channel, long pixel) => Scene.Logits[(((Image * Scene.Classes) + channel) * Scene.Pixels) + pixel];

    private double Sum(bool within, Func<long, double> value)
    {
        var sum = 0.0;
        for (var pixel = 0L; pixel < Scene.Pixels; pixel++)
        {
            if (within ? IsWithin(pixel) : IsValid(pixel))
            {
                sum += value(pixel);
            }
        }

        return sum;
    }
}
