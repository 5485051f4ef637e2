using System.Text.Json;

namespace SegLossBias.Tests.Goldens;

/// <summary>
/// The cases whose golden value encodes a defect of the reference, each with the correct value beside. They are named
/// by their cause, so that other inputs of the schema fall under the same rule.
/// </summary>
internal static class ReferenceDefects
{
    /// <summary>What is right, or null when the golden is.</summary>
    internal static Correction? Correct(JsonElement golden, Scene scene)
    {
        var keys = ReferenceLosses.TermKeys(golden.Need("loss", "the case").GetString()!);
        var options = new ReferenceOptions(golden);
        var ignoreIndex = options.IgnoreIndex ?? Scene.Ignore;
        var isSigmoid = scene.Mode != SegmentationMode.Multiclass;

        // Binary and multilabel cross-entropy does not mask ignored pixels: 255 becomes a regression target.
        var unmasked = isSigmoid && scene.Labels.Contains(ignoreIndex) && keys[0] == "ce";

        // Multilabel KL lacks its background half: negative, and not smallest at the truth.
        var halfKl = scene.Mode == SegmentationMode.Multilabel && keys.Contains("kl");

        // Binary KL is NaN for an all-foreground or all-ignored image and Inf or NaN for saturated predictions.
        var brokenKl = scene.Mode == SegmentationMode.Binary && keys.Contains("kl") && Numbers(golden).Any(number => !double.IsFinite(number));

        if (unmasked || halfKl || brokenKl)
        {
            var oracle = new SigmoidOracle(scene, ignoreIndex, options.Number("temp", 1), options.Number("gamma", 2), options.Number("smooth", 0), options.Number("eps", 1e-7));
            var (total, terms, gradient) = oracle.Sum(keys, options.Number("alpha", 1));
            return new(_ => total, (key, _) => terms[Array.IndexOf(keys, key)], gradient);
        }

        // An image that is wholly ignored has proportions 1/1 and a Dice bias of log 2; here it counts 0. No gradient differs.
        var perImage = scene.Labels.Length / (int)scene.Images;
        var surplus = Math.Log(2) * scene.Labels.Chunk(perImage).Count(labels => labels.All(label => label == ignoreIndex)) / scene.Images;
        return surplus > 0 && keys.Contains("db")
            ? new(total => total - (options.Number("alpha", 1) * surplus), (key, value) => key == "db" ? value - surplus : value, null)
            : null;
    }

    /// <summary>All numbers that the case expects.</summary>
    private static IEnumerable<double> Numbers(JsonElement golden)
    {
        var expected = golden.Find("expected");
        double[] total = expected?.Find("total") is { } number ? [number.Number()] : [];
        var terms = expected?.Find("terms")?.EnumerateObject().Select(term => term.Value.Number()) ?? [];
        return [.. total, .. terms, .. golden.Find("grad")?.Numbers() ?? []];
    }

    /// <param name="Total">From the file's total.</param>
    /// <param name="Term">From the file's key and value of a term.</param>
    /// <param name="Gradient">Null where the file's is right.</param>
    internal sealed record Correction(Func<double, double> Total, Func<string, double, double> Term, double[]? Gradient);
}
