using System.Text.Json;

namespace SegLossBias.Tests.Goldens;

/// <summary>
/// The cases whose golden value encodes a defect of the reference, each with the correct value beside. They are named
/// by their cause, so that other inputs of the schema fall under the same rule.
/// </summary>
internal static class ReferenceDefects
{
    /// <summary>The correct total, terms and gradient, or null when the golden is right.</summary>
    internal static (double Total, double[] Terms, double[] Gradient)? Correct(JsonElement golden, Scene scene)
    {
        var names = golden.GetProperty("loss").GetString()!.Split('+');
        var options = golden.GetProperty("options");
        var expected = golden.GetProperty("expected");
        var ignoreIndex = options.TryGetProperty("ignore_index", out var index) && index.ValueKind == JsonValueKind.Number ? index.GetInt64() : Scene.Ignore;
        var isSigmoid = scene.Mode != SegmentationMode.Multiclass;
        var hasIgnored = scene.Labels.Contains(ignoreIndex);
        double Option(string name, double otherwise) => options.TryGetProperty(name, out var value) ? value.GetDouble() : otherwise;

        // Binary and multilabel cross-entropy does not mask ignored pixels: 255 becomes a regression target.
        var unmasked = isSigmoid && hasIgnored && (names[0] is "CE" or "WeightedCE");

        // Multilabel KL lacks its background half: negative, and not smallest at the truth.
        var halfKl = scene.Mode == SegmentationMode.Multilabel && names.Contains("KL");

        // Binary KL is NaN for an all-foreground or all-ignored image and Inf or NaN for saturated predictions.
        var brokenKl = scene.Mode == SegmentationMode.Binary && names.Contains("KL") && !double.IsFinite(GoldenFile.Number(expected.GetProperty("total")));

        if (unmasked || halfKl || brokenKl)
        {
            var oracle = new SigmoidOracle(scene, ignoreIndex, Option("temp", 1), Option("gamma", 2), Option("smooth", 0), Option("eps", 1e-7));
            return oracle.Sum(names, Option("alpha", 1));
        }

        // An image that is wholly ignored has proportions 1/1 and a Dice bias of log 2; here it counts 0. No gradient differs.
        var emptyImages = Enumerable.Range(0, (int)scene.Images).Count(image =>
            scene.Labels.Skip(image * scene.Labels.Length / (int)scene.Images).Take(scene.Labels.Length / (int)scene.Images).All(label => label == ignoreIndex));
        if (emptyImages > 0 && names.Contains("DB"))
        {
            var surplus = Math.Log(2) * emptyImages / scene.Images;
            var terms = expected.GetProperty("terms").EnumerateObject().Select(term => GoldenFile.Number(term.Value)).ToArray();
            return (
                GoldenFile.Number(expected.GetProperty("total")) - (Option("alpha", 1) * surplus),
                [.. terms.SkipLast(1), .. terms.TakeLast(1).Select(term => term - surplus)],
                GoldenFile.Numbers(golden.GetProperty("grad")));
        }

        return null;
    }
}
