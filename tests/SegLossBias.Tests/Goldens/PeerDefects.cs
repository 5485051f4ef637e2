using System.Text.Json;

namespace SegLossBias.Tests.Goldens;

/// <summary>
/// The cases whose golden value encodes a defect of the peer, each with the correct value beside. They are named by their
/// cause, so that other inputs and options of the schema fall under the same rule.
/// </summary>
internal static class PeerDefects
{
    /// <summary>What is right, or null when the golden is.</summary>
    internal static Correction? Correct(string file, JsonElement golden, Scene scene)
    {
        var (loss, options) = (golden.Need("loss", "the case").GetString()!, golden.Find("options") ?? default);
        var ignored = (options.Find("ignore_index") ?? options.Find("ignore_label"))?.GetInt64() is { } index ? scene.Labels.Count(label => label == index) : 0;
        var (all, valid) = (scene.Labels.Length, scene.Labels.Length - ignored);
        var total = golden.Find("expected")?.Find("total")?.Number() ?? double.NaN;
        var gradient = golden.Find("grad")?.Numbers() ?? [];
        Correction Times(double factor) => new(total * factor, [.. gradient.Select(number => number * factor)]);
        var isMean = options.Find("reduction")?.GetString() is null or "mean";

        // MONAI's softmax focal drops the background's logit before the softmax, where it shall only leave it out of the mean.
        if (file == "monai.json" && loss == "FocalLoss" && IsSet(options, "use_softmax") && options.Find("include_background")?.GetBoolean() is false)
        {
            return FocalWithoutBackground(scene, options);
        }

        // smp divides its normalised focal loss, a mean already, by the number of pixels once more.
        if (file == "smp.json" && loss == "FocalLoss" && isMean && IsSet(options, "normalized"))
        {
            return Times(valid);
        }

        if (ignored == 0 || valid == 0)
        {
            return null;
        }

        // smp's soft cross-entropy leaves ignored pixels out of the sum but divides by all.
        if (file == "smp.json" && loss == "SoftCrossEntropyLoss" && isMean)
        {
            return Times((double)all / valid);
        }

        // nnU-Net's top-k counts ignored pixels, whose loss is 0, among those of which it takes a share.
        if (file == "nnunetv2.json" && loss is "TopKLoss" or "DC_and_topk_loss")
        {
            var (percent, smoothing, weight) = (options.Find("k")?.Number() ?? 10, options.Find("label_smoothing")?.Number() ?? 0, options.Find("weight_ce")?.Number() ?? 1);
            var classes = options.Find("weight")?.Numbers() ?? [.. Enumerable.Repeat(1.0, (int)scene.Classes)];
            var label = (options.Find("ignore_index") ?? options.Find("ignore_label"))!.Value.GetInt64();
            var (wrong, wrongGradient) = TopK(scene, label, (int)(all * percent / 100), smoothing, classes);
            var (right, rightGradient) = TopK(scene, label, Math.Max(1, (int)(valid * percent / 100)), smoothing, classes);
            return new(total + (weight * (right - wrong)), [.. gradient.Select((number, place) => number + (weight * (rightGradient[place] - wrongGradient[place])))]);
        }

        return null;
    }

    private static bool IsSet(JsonElement options, string name) => options.Find(name)?.GetBoolean() is true;

    /// <summary>The mean over images, pixels and foreground classes of w·(1 − p)^γ·−log p of the true class, p the softmax over all, and its gradient.</summary>
    private static Correction FocalWithoutBackground(Scene scene, JsonElement options)
    {
        var (gamma, weight) = (options.Find("gamma")?.Number() ?? 2, options.Find("weight")?.Numbers());
        var (total, gradient) = (0.0, new double[scene.Logits.Length]);
        var count = options.Find("reduction")?.GetString() == "sum" ? scene.Pixels : scene.Labels.Length * (scene.Classes - 1);
        for (var entry = 0; entry < scene.Labels.Length; entry++)
        {
            var (image, pixel, k) = (entry / (int)scene.Pixels, entry % (int)scene.Pixels, (int)scene.Labels[entry]);
            if (k == 0)
            {
                continue;
            }

            var logarithm = Logarithm(scene, image, pixel, k);
            var (p, factor) = (Math.Exp(logarithm), (weight?[k - 1] ?? 1) / count);
            total -= factor * Math.Pow(1 - p, gamma) * logarithm;
            var slope = factor * ((gamma * p * Math.Pow(1 - p, gamma - 1) * logarithm) - Math.Pow(1 - p, gamma));
            for (var j = 0; j < scene.Classes; j++)
            {
                gradient[Place(scene, image, j, pixel)] = slope * ((j == k ? 1 : 0) - Math.Exp(Logarithm(scene, image, pixel, j)));
            }
        }

        return new(total, gradient);
    }

    private static int Place(Scene scene, int image, int k, int pixel) => (int)(((image * scene.Classes) + k) * scene.Pixels) + pixel;

    /// <summary>log p of a softmax.</summary>
    private static double Logarithm(Scene scene, int image, int pixel, int k)
    {
        double Logit(int channel) => scene.Logits[Place(scene, image, channel, pixel)];
        var channels = Enumerable.Range(0, (int)scene.Classes).ToArray();
        var largest = channels.Max(Logit);
        return Logit(k) - largest - Math.Log(channels.Sum(channel => Math.Exp(Logit(channel) - largest)));
    }

    /// <summary>The mean of the largest weighted cross-entropies of single pixels, and its gradient, in plain loops. Ignored pixels have the loss 0.</summary>
    private static (double Value, double[] Gradient) TopK(Scene scene, long ignored, int count, double smoothing, double[] weight)
    {
        var (classes, pixels) = ((int)scene.Classes, (int)scene.Pixels);
        var gradient = new double[scene.Logits.Length];
        var losses = new List<(double Loss, int Image, int Pixel)>();
        double Target(int image, int pixel, int k) => weight[k] * ((scene.Labels[(image * pixels) + pixel] == k ? 1 - smoothing : 0) + (smoothing / classes));

        for (var image = 0; image < scene.Images; image++)
        {
            for (var pixel = 0; pixel < pixels; pixel++)
            {
                var isIgnored = scene.Labels[(image * pixels) + pixel] == ignored;
                losses.Add((isIgnored ? 0 : -Enumerable.Range(0, classes).Sum(k => Target(image, pixel, k) * Logarithm(scene, image, pixel, k)), image, pixel));
            }
        }

        var hardest = losses.OrderByDescending(entry => entry.Loss).Take(count).ToArray();
        foreach (var (_, image, pixel) in hardest.Where(entry => entry.Loss > 0))
        {
            var sum = Enumerable.Range(0, classes).Sum(k => Target(image, pixel, k));
            for (var k = 0; k < classes; k++)
            {
                gradient[Place(scene, image, k, pixel)] = ((sum * Math.Exp(Logarithm(scene, image, pixel, k))) - Target(image, pixel, k)) / count;
            }
        }

        return (hardest.Sum(entry => entry.Loss) / count, gradient);
    }

    /// <param name="Total">The right value.</param>
    /// <param name="Gradient">The right gradient.</param>
    internal sealed record Correction(double Total, double[] Gradient);
}
