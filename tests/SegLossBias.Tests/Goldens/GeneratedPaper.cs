using System.Numerics;
using System.Text.Json.Nodes;

namespace SegLossBias.Tests.Goldens;

/// <summary>A paper_forms.json of other inputs and another temperature, in complex plain loops. Its second entry has neither means nor gradients.</summary>
internal static class GeneratedPaper
{
    internal const double Temperature = 4;

    private static readonly Dictionary<string, Func<ComplexRegion[], Complex>> Multiclass = new()
    {
        ["ce_mean"] = r => Sum(r, region => region.NegativeLogLikelihood) / r[0].ValidSize,
        ["weighted_ce"] = r => Sum(Present(r), region => region.NegativeLogLikelihood / region.TargetSize),
        ["kl"] = r => Kl(r, 1),
        ["kl_T"] = r => Kl(r, Temperature),
        ["l1_sum"] = r => Sum(r, region => Gap(region, 1)),
        ["l1_sum_T"] = r => Sum(r, region => Gap(region, Temperature)),
        ["l1_mean"] = r => Sum(r, region => Gap(region, 1)) / r.Length,
        ["l1_mean_T"] = r => Sum(r, region => Gap(region, Temperature)) / r.Length,
        ["D_F"] = r => Sum(Present(r), region => -Complex.Log(region.Overlap / region.TargetSize)),
        ["D_B"] = r => Sum(Present(r), Bias),
        ["D_B_all_classes"] = r => Sum(r, Bias),
        ["neg_log_dice_sum"] = r => Sum(Present(r), region => -Complex.Log(Dice(region))),
        ["one_minus_dice_sum"] = r => Sum(Present(r), region => 1 - Dice(region)),
    };

    private static readonly Dictionary<string, Func<ComplexRegion[], Complex>> Binary = new()
    {
        ["bce_mean"] = r => Sum(r, region => region.NegativeLogLikelihood) / r[0].ValidSize,
        ["l1"] = r => Gap(r[0], 1),
        ["l1_T"] = r => Gap(r[0], Temperature),
        ["D_B1"] = r => Bias(r[0]),
        ["neg_log_dice_1"] = r => -Complex.Log(Dice(r[0])),
        ["kl_bernoulli"] = r => Kl(r, 1),
        ["kl_bernoulli_T"] = r => Kl(r, Temperature),
    };

    internal static JsonObject Create()
    {
        var scenes = new Dictionary<string, Scene>
        {
            ["other"] = Scenes.Fixed(SegmentationMode.Multiclass, [3, 3, 2, 4], seed: 21, ignored: 0.2),
            ["volume"] = Scenes.Fixed(SegmentationMode.Multiclass, [2, 5, 2, 2, 3], seed: 22),
            ["pair"] = Scenes.Fixed(SegmentationMode.Binary, [2, 1, 9], seed: 23, ignored: 0.1),
            ["never used"] = Scenes.Fixed(SegmentationMode.Multilabel, [1, 2, 3], seed: 24),
        };
        var (whole, part) = (Entry("other", scenes["other"], Multiclass), Entry("volume", scenes["volume"], Multiclass));
        Averages(whole, scenes["other"]);
        return new JsonObject
        {
            ["meta"] = new JsonObject { ["T"] = Temperature },
            ["inputs"] = GeneratedGoldens.Inputs(scenes),
            ["multiclass"] = new JsonArray(whole, part),
            ["binary"] = new JsonArray(Entry("pair", scenes["pair"], Binary)),
            ["simplex_checks"] = new JsonArray(new JsonObject
            {
                ["y_hat"] = Array([0.25, 0.75]),
                ["points"] = new JsonArray(Array([0.5, 0.5])),
                ["D_B_points"] = Array([Math.Log(0.75) + Math.Log(1.25)]),
                ["l1_points"] = Array([0.5]),
            }),
        };
    }

    private static JsonObject Entry(string input, Scene scene, Dictionary<string, Func<ComplexRegion[], Complex>> quantities)
    {
        JsonObject Of(params int[] images) => new(quantities.Select(quantity =>
            KeyValuePair.Create<string, JsonNode?>(quantity.Key, quantity.Value(ComplexRegion.All(scene, Plain(scene), images)).Real)));
        int[] all = [.. Enumerable.Range(0, (int)scene.Images)];
        return new() { ["input"] = input, ["per_image"] = new JsonArray([.. all.Select(image => Of(image))]), ["batch"] = Of(all) };
    }

    private static void Averages(JsonObject entry, Scene scene)
    {
        var (means, gradients) = (new JsonObject(), new JsonObject());
        foreach (var name in (string[])["ce_mean", "weighted_ce", "kl", "kl_T", "l1_sum", "l1_sum_T", "D_F", "D_B", "neg_log_dice_sum"])
        {
            var (value, gradient) = ComplexRegion.Differentiate(scene, logits =>
                Enumerable.Range(0, (int)scene.Images).Aggregate(Complex.Zero, (sum, image) => sum + Multiclass[name](ComplexRegion.All(scene, logits, image))) / scene.Images);
            (means[name], gradients[name]) = (value, Array(gradient));
        }

        (entry["mean_over_images"], entry["grads"]) = (means, gradients);
    }

    private static Complex Sum(IEnumerable<ComplexRegion> regions, Func<ComplexRegion, Complex> value) => regions.Aggregate(Complex.Zero, (sum, region) => sum + value(region));

    private static IEnumerable<ComplexRegion> Present(ComplexRegion[] regions) => regions.Where(region => region.TargetSize > 0);

    private static Complex Kl(ComplexRegion[] regions, double temperature) =>
        Sum(Present(regions), region => region.TargetProportion() * Complex.Log(region.TargetProportion() / region.PredictedProportion(temperature)));

    private static Complex Gap(ComplexRegion region, double temperature)
    {
        var gap = region.PredictedProportion(temperature) - region.TargetProportion();
        return gap.Real < 0 ? -gap : gap;
    }

    private static Complex Bias(ComplexRegion region) => Complex.Log(region.PredictedProportion(1) + region.TargetProportion());

    private static Complex Dice(ComplexRegion region) => 2 * region.Overlap / (region.PredictedSize() + region.TargetSize);

    private static Complex[] Plain(Scene scene) => [.. scene.Logits.Select(z => new Complex(z, 0))];

    private static JsonArray Array(double[] numbers) => GeneratedGoldens.Array(numbers);
}
