using System.Numerics;
using System.Text.Json.Nodes;

namespace SegLossBias.Tests.Goldens;

/// <summary>A seglossbias.json of other inputs, in complex plain loops with the reference's ε and its log 2 for an ignored image.</summary>
internal static class GeneratedReference
{
    private const double Epsilon = 1e-10;

    private static readonly Dictionary<string, Func<Scene, Complex[], double, Complex>> Terms = new()
    {
        ["CE"] = (scene, logits, _) => Sum(Batch(scene, logits), region => region.NegativeLogLikelihood) / Sum(Batch(scene, logits), region => region.TargetSize),
        ["Focal"] = (scene, logits, _) =>
        {
            var (sides, classes) = (Foreground(scene, logits, All(scene)).SelectMany(Sides), scene.Mode == SegmentationMode.Multiclass ? scene.Classes : 1);
            return Sum(sides, region => region.Focal()) / Sum(Foreground(scene, logits, All(scene)), region => region.ValidSize) * classes;
        },
        ["L1"] = (scene, logits, temperature) => MeanOfSizes(scene, logits, region =>
        {
            var gap = region.PredictedProportion(temperature, Epsilon) - region.TargetProportion(Epsilon);
            return gap.Real < 0 ? -gap : gap;
        }),
        ["DB"] = (scene, logits, temperature) => MeanOfSizes(scene, logits, region => Complex.Log(region.PredictedProportion(temperature, Epsilon) + region.TargetProportion(Epsilon) + Epsilon)),
        ["KL"] = (scene, logits, temperature) => Sum(
            All(scene).SelectMany(image => ComplexRegion.All(scene, logits, image)),
            region => region.TargetProportion(Epsilon) * Complex.Log(region.TargetProportion(Epsilon) / region.PredictedProportion(temperature, Epsilon))) / scene.Images,
        ["Dice"] = (scene, logits, _) => Sum(Foreground(scene, logits, All(scene)).Where(region => region.TargetSize > 0), region => 1 - Dice(region)) / scene.Classes,
        ["LogDice"] = (scene, logits, _) => Sum(Foreground(scene, logits, All(scene)).Where(region => region.TargetSize > 0), region => -Complex.Log(Dice(region))) / scene.Classes,
    };

    internal static JsonObject Create()
    {
        var scenes = new Dictionary<string, Scene>
        {
            ["ignored image"] = WithImageIgnored(Scenes.Fixed(SegmentationMode.Multiclass, [3, 3, 2, 3], seed: 31, ignored: 0.2)),
            ["right sizes"] = WithRightSizes(),
            ["binary"] = Scenes.Fixed(SegmentationMode.Binary, [2, 1, 4, 3], seed: 33),
            ["multilabel"] = Scenes.Fixed(SegmentationMode.Multilabel, [2, 2, 5], seed: 34),
        };
        JsonObject[] cases =
        [
            .. ((string[])["CE", "DiceLoss", "Focal+L1", "CE+DB", "CE+KL", "CE+LogDice"]).Select(loss => Case(loss, "ignored image", scenes, 3, 0.3)),
            .. ((string[])["CE+KL", "CE+L1", "CE+DB", "Focal+KL"]).Select(loss => Case(loss, "right sizes", scenes, 1, 100)),
            .. ((string[])["CE+KL", "Focal+DB", "LogDiceLoss"]).Select(loss => Case(loss, "binary", scenes, 2, 1)),
            .. ((string[])["CE+Dice", "Focal+L1", "FocalLoss"]).Select(loss => Case(loss, "multilabel", scenes, 5, 0.1)),
        ];
        return new() { ["inputs"] = GeneratedGoldens.Inputs(scenes), ["cases"] = new JsonArray(cases) };
    }

    private static JsonObject Case(string loss, string input, Dictionary<string, Scene> scenes, double temperature, double lambda)
    {
        var (scene, names) = (scenes[input], loss.Replace("Loss", "", StringComparison.Ordinal).Split('+'));
        var terms = names.Select(name => ComplexRegion.Differentiate(scene, logits => Terms[name](scene, logits, temperature))).ToArray();
        double Weight(int index) => index == 0 ? 1 : lambda;
        return new()
        {
            ["name"] = $"{loss}/{input}",
            ["loss"] = loss,
            ["input"] = input,
            ["options"] = new JsonObject { ["ignore_index"] = Scene.Ignore, ["temp"] = temperature, ["alpha"] = lambda },
            ["expected"] = new JsonObject
            {
                ["total"] = terms.Select((term, index) => Weight(index) * term.Value).Sum(),
                ["terms"] = new JsonObject(names.Select((name, index) => KeyValuePair.Create<string, JsonNode?>(name.ToLowerInvariant(), terms[index].Value))),
            },
            ["grad"] = GeneratedGoldens.Array([.. scene.Logits.Select((_, i) => terms.Select((term, index) => Weight(index) * term.Gradient[i]).Sum())]),
        };
    }

    private static Scene WithImageIgnored(Scene scene) => scene with { Labels = [.. scene.Labels.Select((label, index) => index / scene.Pixels == 1 ? Scene.Ignore : label)] };

    /// <summary>Predicted sizes off the true ones by 1e-5 or so: the summands of KL cancel but for 1e-9 of them.</summary>
    private static Scene WithRightSizes()
    {
        var scene = Scenes.Fixed(SegmentationMode.Multiclass, [2, 3, 24], seed: 32);
        return scene with
        {
            Logits = [.. scene.Logits.Select((z, index) =>
            {
                var (image, channel) = (index / 72, index / 24 % 3);
                return Math.Log(scene.Labels.Skip(image * 24).Take(24).Count(label => label == channel) / 24.0) + (1e-4 * z);
            })],
        };
    }

    private static int[] All(Scene scene) => [.. Enumerable.Range(0, (int)scene.Images)];

    private static ComplexRegion[] Batch(Scene scene, Complex[] logits) => ComplexRegion.All(scene, logits, All(scene));

    private static IEnumerable<ComplexRegion> Foreground(Scene scene, Complex[] logits, params int[] images) => ComplexRegion.All(scene, logits, images).Where(region => !region.IsBackground);

    private static ComplexRegion[] Sides(ComplexRegion region) => [region with { IsSigmoid = true }, region with { IsSigmoid = true, IsBackground = true }];

    private static Complex MeanOfSizes(Scene scene, Complex[] logits, Func<ComplexRegion, Complex> penalty) =>
        Sum(All(scene).SelectMany(image => Foreground(scene, logits, image)), penalty) / scene.Images / scene.Classes;

    private static Complex Dice(ComplexRegion region) => 2 * region.Overlap / (region.PredictedSize() + region.TargetSize);

    private static Complex Sum(IEnumerable<ComplexRegion> regions, Func<ComplexRegion, Complex> value) => regions.Aggregate(Complex.Zero, (sum, region) => sum + value(region));
}
