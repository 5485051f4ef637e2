namespace SegLossBias.Tests.Targets;

/// <summary>What must hold between targets, and libtorch's own losses of the same ones.</summary>
public class TargetIdentityTests
{
    private static readonly RegionImplementation[] Implementations = Enum.GetValues<RegionImplementation>();

    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.NamesAndModes;

    public static TheoryData<SegmentationMode> Modes => [.. Enum.GetValues<SegmentationMode>()];

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void WeightsOfOne_ChangeNothing(string name, SegmentationMode mode) => InBoth(() =>
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var scene = Scenes.Usual(mode, ignored: 0.2);
        ShouldBeTheSame((scene with { Weights = Constant(scene, 1) }).Evaluate(loss), scene.Evaluate(loss), name);
    });

    /// <summary>A pixel of weight 0 is an ignored pixel, whatever its logits are.</summary>
    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void WeightZero_IsIgnored_NotANumberToo(string name, SegmentationMode mode) => InBoth(() =>
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var scene = Scenes.Usual(mode, ignored: 0.2);
        var isOut = Enumerable.Range(0, (int)(scene.Images * scene.Pixels)).Select(i => i % 3 == 0).ToArray();
        bool IsOut(int entry, int perImage) => isOut[(entry / perImage * (int)scene.Pixels) + (entry % perImage % (int)scene.Pixels)];
        var perImage = scene.Labels.Length / (int)scene.Images;
        var ignored = scene with { Labels = [.. scene.Labels.Select((label, i) => IsOut(i, perImage) ? Scene.Ignore : label)] };
        var weighted = scene with
        {
            Weights = [.. isOut.Select(isLeftOut => isLeftOut ? 0.0 : 1)],
            Logits = [.. scene.Logits.Select((z, i) => IsOut(i, scene.Logits.Length / (int)scene.Images) ? double.NaN : z)],
        };
        ShouldBeTheSame(weighted.Evaluate(loss), ignored.Evaluate(loss), name);
    });

    /// <summary>Where a pixel weighs nothing any label may stand, hard or soft, also where a gradient is differentiated again.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void WeightZero_AllowsAnyLabel(SegmentationMode mode) => InBoth(() =>
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("RFL(KL)", mode);
        var scene = Scenes.Usual(mode) with { Weights = [.. Enumerable.Range(0, 40).Select(i => i % 4 == 0 ? 0.0 : 1)] };
        bool IsOut(int entry) => entry % 20 % 4 == 0;
        var soft = RichScenes.Make(scene, "soft");
        foreach (var (good, spoilt) in ((Scene, Scene)[])
            [(scene, scene with { Labels = [.. scene.Labels.Select((label, i) => IsOut(i) ? 77 : label)] }), (soft, soft with { Soft = [.. soft.Soft!.Select((y, i) => IsOut(i) ? double.NaN : y)] })])
        {
            ShouldBeTheSame(spoilt.Evaluate(loss), good.Evaluate(loss), $"{mode}");
            var leaf = spoilt.LogitsTensor().requires_grad_(true);
            var gradient = autograd.grad([loss.call(leaf, spoilt.Target())], [leaf], retain_graph: true, create_graph: true)[0];
            Evaluation.Numbers(gradient).ShouldBeClose(good.Evaluate(loss).Gradient, Tolerance.Of(ScalarType.Float64));
        }
    });

    /// <summary>Losses are means: of all weights times a number they do not see it, but for numbers of pixels that are added (ε, smoothing).</summary>
    [Theory]
    [InlineData("CE")]
    [InlineData("WCE")]
    [InlineData("CE/smooth")]
    [InlineData("Focal")]
    [InlineData("GCE")]
    [InlineData("TopK")]
    [InlineData("Dice")]
    [InlineData("LogDice")]
    [InlineData("Dice/squared")]
    [InlineData("RCE(L1)")]
    public void WeightsTimesANumber_ChangeNothing(string name)
    {
        foreach (var mode in Enum.GetValues<SegmentationMode>())
        {
            InBoth(() =>
            {
                using var loss = LossTable.Create(name, mode, Scene.Ignore);
                var scene = RichScenes.Make(Scenes.Usual(mode, ignored: 0.2), "soft, weights");
                var (value, gradient) = scene.Evaluate(loss);
                var (other, otherGradient) = (scene with { Weights = [.. scene.Weights!.Select(weight => 8 * weight)] }).Evaluate(loss);
                other.ShouldBeClose(value, 1e-8, name);
                otherGradient.ShouldBeClose(gradient, 1e-8, name);
            });
        }
    }

    /// <summary>A weight of 2 is the pixel twice.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void WeightOfTwo_IsThePixelTwice(SegmentationMode mode) => InBoth(() =>
    {
        using var loss = LossTable.Create("RFL(KL)", mode);
        var scene = Scenes.Fixed(mode, [1, mode == SegmentationMode.Binary ? 1 : 3, 9]);
        double[] Twice(double[] row) => [.. row.Chunk(9).SelectMany(pixels => pixels.Concat(pixels[..4]))];
        var twice = scene with
        {
            Shape = [1, scene.Classes, 13],
            Logits = Twice(scene.Logits),
            Labels = [.. scene.Labels.Chunk(9).SelectMany(pixels => pixels.Concat(pixels[..4]))],
        };
        var weighted = scene with { Weights = [2, 2, 2, 2, 1, 1, 1, 1, 1] };
        weighted.Evaluate(loss).Value.ShouldBeClose(twice.Evaluate(loss).Value, Tolerance.Identity);
    });

    /// <summary>Labels that were mixed or divided in float32 leave [0, 1] by their rounding.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void RoundedLabels_AreRight(SegmentationMode mode) => InBoth(() =>
    {
        using var loss = LossTable.Create("DiceCE", mode);
        var scene = RichScenes.Make(Scenes.Usual(mode), "one-hot floats");
        var rounded = scene with { Soft = [.. scene.Soft!.Select((y, i) => y + (i % 2 == 0 ? 1e-7 : -1e-7))] };
        rounded.Evaluate(loss).Value.ShouldBeClose(scene.Evaluate(loss).Value, 1e-5);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void CrossEntropy_OfSoftLabels_IsThatOfLibtorch(double smoothing) => InBoth(() =>
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new CrossEntropy { LabelSmoothing = smoothing });
        var scene = RichScenes.Make(Scenes.Usual(SegmentationMode.Multiclass), "soft");
        var leaf = scene.LogitsTensor().requires_grad_(true);
        var expected = nn.functional.cross_entropy(leaf, scene.Target().Labels, label_smoothing: smoothing);
        expected.backward();
        ShouldBeTheSame(scene.Evaluate(loss), (expected.item<double>(), Evaluation.Numbers(leaf.grad!)), "soft");
    });

    [Fact]
    public void LabelSmoothing_WithClassWeights_IsThatOfLibtorch() => InBoth(() =>
    {
        using var scope = NewDisposeScope();
        double[] weight = [0.5, 1, 3];
        using var loss = new SegmentationLoss(new CrossEntropy { LabelSmoothing = 0.3, Weight = weight }) { IgnoreIndex = Scene.Ignore };
        var scene = Scenes.Usual(SegmentationMode.Multiclass, ignored: 0.2);
        var leaf = scene.LogitsTensor().requires_grad_(true);
        var expected = nn.functional.cross_entropy(leaf, scene.TargetTensor(), tensor(weight), ignore_index: Scene.Ignore, label_smoothing: 0.3);
        expected.backward();
        ShouldBeTheSame(scene.Evaluate(loss), (expected.item<double>(), Evaluation.Numbers(leaf.grad!)), "smooth");
    });

    /// <summary>The mean of libtorch divides by the pixels, ours by their weights.</summary>
    [Theory]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void BinaryCrossEntropy_OfSoftLabelsAndWeights_IsThatOfLibtorch(SegmentationMode mode) => InBoth(() =>
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("CE", mode);
        var scene = RichScenes.Make(Scenes.Usual(mode), "soft, weights");
        var weights = tensor(scene.Weights!, [scene.Images, 1, .. scene.Shape[2..]]).expand(scene.Shape);
        var leaf = scene.LogitsTensor().requires_grad_(true);
        var expected = nn.functional.binary_cross_entropy_with_logits(leaf, scene.Target().Labels, weight: weights, reduction: Reduction.Sum) / weights.sum();
        expected.backward();
        ShouldBeTheSame(scene.Evaluate(loss), (expected.item<double>(), Evaluation.Numbers(leaf.grad!)), $"{mode}");
    });

    /// <summary>Cross-entropy, and the Dice forms made for it, are stationary where the prediction is the soft label; plain Dice is not.</summary>
    [Theory]
    [InlineData("CE", true)]
    [InlineData("Dice/squared", true)]
    [InlineData("Dice", false)]
    public void SoftLabels_AreTheBestPrediction(string name, bool isStationary) => InBoth(() =>
    {
        foreach (var mode in Enum.GetValues<SegmentationMode>())
        {
            using var loss = LossTable.Create(name, mode);
            var scene = SureOfTheSoftLabels(mode);
            var (value, gradient) = scene.Evaluate(loss);
            var largest = gradient.Max(Math.Abs);
            (largest < Tolerance.Identity).Should().Be(isStationary, $"{name}, {mode}: the largest gradient is {largest:R}");
            if (isStationary)
            {
                (scene with { Logits = [.. scene.Logits.Select((z, i) => z + (i % 3 == 0 ? 0.1 : -0.05))] }).Evaluate(loss).Value.Should().BeGreaterThan(value);
            }
        }
    });

    /// <summary>Wang et al., Theorem 1: the distance form is 0 at p = y, and above 0 elsewhere.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void DistanceForm_IsZeroAtTheSoftLabels(SegmentationMode mode) => InBoth(() =>
    {
        using var loss = LossTable.Create("Dice/distance", mode);
        var scene = SureOfTheSoftLabels(mode);
        scene.Evaluate(loss).Value.ShouldBeClose(0, Tolerance.Identity);
        (scene with { Logits = [.. scene.Logits.Select((z, i) => z + (i % 3 == 0 ? 0.1 : -0.05))] }).Evaluate(loss).Value.Should().BeGreaterThan(1e-3);
    });

    [Theory]
    [MemberData(nameof(Modes))]
    public void DiceForms_AreOneWithHardLabels(SegmentationMode mode) => InBoth(() =>
    {
        var scene = Scenes.Usual(mode, ignored: 0.2);
        (double Value, double[] Gradient) Of(DiceForm form)
        {
            using var loss = new SegmentationLoss(new Dice { Form = form }) { Mode = mode, IgnoreIndex = Scene.Ignore };
            return scene.Evaluate(loss);
        }

        ShouldBeTheSame(Of(DiceForm.Distance), Of(DiceForm.Plain), "distance");
    });

    [Fact]
    public void GeneralizedCrossEntropy_GoesToCrossEntropy() => InBoth(() =>
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        using var loss = new SegmentationLoss(new GeneralizedCrossEntropy { Exponent = 1e-7 });
        using var limit = new SegmentationLoss(new CrossEntropy());
        scene.Evaluate(loss).Value.ShouldBeClose(scene.Evaluate(limit).Value, 1e-6);
    });

    /// <summary>Logits whose probabilities are the soft labels.</summary>
    private static Scene SureOfTheSoftLabels(SegmentationMode mode)
    {
        var scene = Scenes.Usual(mode);
        var random = new Random(3);
        var soft = new double[scene.Logits.Length];
        for (var image = 0L; image < scene.Images; image++)
        {
            for (var pixel = 0L; pixel < scene.Pixels; pixel++)
            {
                var shares = Enumerable.Range(0, (int)scene.Classes).Select(_ => 0.05 + random.NextDouble()).ToArray();
                for (var k = 0; k < scene.Classes; k++)
                {
                    soft[scene.At(image, k, pixel)] = mode == SegmentationMode.Multiclass ? shares[k] / shares.Sum() : shares[k] / 1.1;
                }
            }
        }

        return scene with { Soft = soft, Logits = [.. soft.Select(y => mode == SegmentationMode.Multiclass ? Math.Log(y) : Math.Log(y / (1 - y)))] };
    }

    private static double[] Constant(Scene scene, double weight) => [.. Enumerable.Repeat(weight, (int)(scene.Images * scene.Pixels))];

    private static void InBoth(Action check)
    {
        foreach (var implementation in Implementations)
        {
            using var forced = RegionPrimitive.Force(implementation);
            check();
        }
    }

    private static void ShouldBeTheSame((double Value, double[] Gradient) actual, (double Value, double[] Gradient) expected, string because)
    {
        actual.Value.ShouldBeClose(expected.Value, Tolerance.Identity, because);
        actual.Gradient.ShouldBeClose(expected.Gradient, Tolerance.Of(ScalarType.Float64), because);
    }
}
