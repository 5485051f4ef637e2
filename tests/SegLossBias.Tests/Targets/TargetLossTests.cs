using SegLossBias.Tests.Gradients;

namespace SegLossBias.Tests.Targets;

/// <summary>Every loss with soft labels, weights, maps and instances against plain loops, in both implementations.</summary>
public class TargetLossTests
{
    private static readonly RegionImplementation[] Implementations = Enum.GetValues<RegionImplementation>();

    public static TheoryData<string, SegmentationMode, string> Cases => RichScenes.Cases(_ => true);

    public static TheoryData<string, SegmentationMode, string> SmoothCases => RichScenes.Cases(row => row.IsSmooth && row.Name is "CE/smooth" or "Dice/squared" or "Focal/softmax" or "GCE" or "Boundary" or "BlobDice" or "RFL(KL)");

    [Theory]
    [MemberData(nameof(Cases))]
    public void ValueAndGradient_AreThoseOfPlainLoops(string name, SegmentationMode mode, string kind)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var scene = SceneOf(mode, kind);
        var plain = LossTable.Get(name).Plain;
        var expected = FiniteDifferences.Gradient(logits => plain(scene with { Logits = logits }), scene.Logits);
        foreach (var implementation in Implementations)
        {
            using var forced = RegionPrimitive.Force(implementation);
            var (value, gradient) = scene.Evaluate(loss);
            value.ShouldBeClose(plain(scene), Tolerance.Of(ScalarType.Float64), $"{name}, {kind}, {implementation}");
            gradient.ShouldBeClose(expected, Tolerance.FiniteDifference, $"{name}, {kind}, {implementation}");
        }
    }

    /// <summary>One value for each image; their sum or mean where an image weighs as much as any other.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void None_HasTheImagesOneByOne(string name, SegmentationMode mode, string kind)
    {
        var row = LossTable.Get(name);
        if (row.IsPooled || row.IsOfTheBatch)
        {
            using var pooled = row.Create(mode, Scene.Ignore);
            pooled.Invoking(loss => SceneOf(mode, kind).Evaluate(loss)).Should().NotThrow();
            return;
        }

        using var none = row.Create(mode, Scene.Ignore, Reduction.None);
        using var mean = row.Create(mode, Scene.Ignore);
        using var scope = NewDisposeScope();
        var scene = SceneOf(mode, kind);
        var values = Evaluation.Numbers(none.call(scene.LogitsTensor(), scene.Target()));
        values.Should().HaveCount((int)scene.Images);
        for (var image = 0; image < scene.Images; image++)
        {
            Evaluation.Scalar(mean, scene.LogitsTensor().narrow(0, image, 1), Narrow(scene.Target(), image)).Value
                .ShouldBeClose(values[image], Tolerance.Of(ScalarType.Float64), $"{name}, {kind}, image {image}");
        }
    }

    [Theory]
    [MemberData(nameof(SmoothCases))]
    public void HessianTimesVector_IsTheDifferenceOfGradients(string name, SegmentationMode mode, string kind)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var scene = SceneOf(mode, kind);
        var random = new Random(5);
        var direction = scene.Logits.Select(_ => (2 * random.NextDouble()) - 1).ToArray();
        using var scope = NewDisposeScope();
        var leaf = scene.LogitsTensor().requires_grad_(true);
        var gradient = autograd.grad([loss.call(leaf, scene.Target())], [leaf], retain_graph: true, create_graph: true)[0];
        var product = autograd.grad([(gradient * tensor(direction, scene.Shape)).sum()], [leaf])[0];
        var expected = FiniteDifferences.Directional(logits => (scene with { Logits = logits }).Evaluate(loss).Gradient, scene.Logits, direction);
        Evaluation.Numbers(product).ShouldBeClose(expected, Tolerance.FiniteDifference, $"{name}, {kind}");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Handles_AreFreed(string name, SegmentationMode mode, string kind)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var scene = SceneOf(mode, kind);
        _ = scene.Evaluate(loss);
        Contract.LiveHandles.LeftBy(() => _ = scene.Evaluate(loss)).Should().Be(0);
    }

    private static SegmentationTarget Narrow(SegmentationTarget target, int image)
    {
        var narrow = new SegmentationTarget(target.Labels.narrow(0, image, 1));
        narrow = target.PixelWeights is { } weights ? narrow.WithPixelWeights(weights.narrow(0, image, 1)) : narrow;
        narrow = target.InstanceIds is { } ids ? narrow.WithInstances(ids.narrow(0, image, 1)) : narrow;
        return target.Maps.Aggregate(narrow, (partial, map) => partial.WithMap(map.Key, map.Value.narrow(0, image, 1)));
    }

    private static Scene SceneOf(SegmentationMode mode, string kind) =>
        RichScenes.Make(FiniteDifferences.SceneOffKinks(mode, [2, mode == SegmentationMode.Binary ? 1 : 3, 4, 5], ignored: 0.2), kind);
}
