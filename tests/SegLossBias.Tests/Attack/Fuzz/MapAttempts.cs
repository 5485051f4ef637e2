using SegLossBias.Tests.Maps;
using SegLossBias.Tests.Metrics;

namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>Distance maps, components, border weights and surface distances against loops over all pairs of pixels.</summary>
internal static class MapAttempts
{
    internal static Attempt Make(Draw draw)
    {
        if (draw.OneIn(4))
        {
            return Surfaces(draw);
        }

        var scene = draw.Of(LabelScene.Any);
        var kind = draw.One(["signed distance", "border distance", "components", "border weights"]);
        var isUnusable = draw.OneIn(3);
        var form = draw.One(isUnusable ? TensorForm.Unusable : TensorForm.SameNumbers);

        // A map has no partner that an axis could contradict.
        var expected = !isUnusable ? Expected.Value : form.Name is "one image more" or "one column more" or "no column" or "no image" or "flat" ? Expected.Either : Expected.Refusal;
        return new($"map {kind} of {form}: {scene}", expected, () =>
        {
            var labels = kind == "border weights"
                ? tensor(Array.ConvertAll(scene.Labels, label => label == LabelScene.Ignore ? 0 : (int)label), scene.TargetShape)
                : scene.Target();
            var target = form.Apply(labels);
            using var map = Library.Call(() => kind switch
            {
                "signed distance" => SignedDistanceMap.Compute(target!, scene.Classes, scene.Mode, LabelScene.Ignore, scene.Spacing),
                "border distance" => BorderDistanceMap.Compute(target!, scene.Classes, scene.Mode, LabelScene.Ignore, scene.Spacing),
                "components" => ConnectedComponents.Compute(target!, scene.Classes, scene.Mode, LabelScene.Ignore),
                _ => BorderWeightMap.Compute(target!, mode: scene.Mode, spacingMm: scene.Spacing),
            });
            if (expected == Expected.Value)
            {
                Library.EnsureClose(Evaluation.Numbers(map), Plain(scene, kind), Tolerance.Of(ScalarType.Float32), "the map of plain loops");
            }
        });
    }

    private static double[] Plain(LabelScene scene, string kind) => kind switch
    {
        "signed distance" => PlainMaps.SignedDistances(scene),
        "border distance" => PlainMaps.BorderDistances(scene),
        "components" => PlainMaps.Components(scene, Connectivity.Full),
        _ => [.. Enumerable.Range(0, scene.Images * scene.Channels).SelectMany(plane => PlainMaps.BorderWeights(
            [.. scene.Labels.Skip(plane * scene.Pixels).Take(scene.Pixels).Select(label => label == LabelScene.Ignore ? 0 : (int)label)], scene.Space, scene.Spacing, [1, 1], 10, 5, true))],
    };

    private static Attempt Surfaces(Draw draw)
    {
        var pair = draw.Of(MaskPair.Any);
        var (isUnusable, tolerance) = (draw.OneIn(3), draw.One([0, 1, 2.5, double.NaN, -1]));
        var form = draw.One(isUnusable ? TensorForm.Unusable : TensorForm.SameNumbers);
        var expected = isUnusable || double.IsNaN(tolerance) || tolerance < 0 ? Expected.Refusal : Expected.Value;
        return new(FormattableString.Invariant($"surfaces of {form}, tolerance {tolerance}: {pair}"), expected, () =>
        {
            long[] shape = [.. pair.Shape.Select(size => (long)size)];
            var prediction = form.Apply(tensor(pair.Prediction, shape));
            var target = tensor(pair.Target, shape);
            var distances = Library.Value(() => SurfaceDistances.Compute(prediction!, target, pair.Spacing));
            var scores = Library.Value(() => distances.Scores(tolerance));
            var plain = new PlainSurface(pair);
            Library.EnsureClose(scores.Hausdorff, plain.Hausdorff(100), Tolerance.Of(ScalarType.Float64), "the Hausdorff distance of plain loops");
            Library.EnsureClose(scores.AverageSymmetric, plain.AverageSymmetric, Tolerance.Of(ScalarType.Float64), "the average distance of plain loops");
            Library.EnsureClose(scores.NormalizedSurfaceDistance, plain.Nsd(tolerance), Tolerance.Of(ScalarType.Float64), "the surface Dice of plain loops");
        });
    }
}
