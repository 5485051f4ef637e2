using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Losses;

/// <summary>Pixel-wise losses and size constraints against other libraries' formulas in tensors, and against each other.</summary>
public class PixelWiseTests
{
    private const SegmentationMode Multiclass = SegmentationMode.Multiclass;
    private const SegmentationMode Binary = SegmentationMode.Binary;
    private const SegmentationMode Multilabel = SegmentationMode.Multilabel;

    [Theory]
    [InlineData(Binary, new[] { 3.5 })]
    [InlineData(Multilabel, new[] { 0.25, 4, 1 })]
    public void PositiveWeight_IsThatOfLibtorch(SegmentationMode mode, double[] weight)
    {
        foreach (var reduction in (Reduction[])[Reduction.Mean, Reduction.Sum])
        {
            using var scope = NewDisposeScope();
            using var loss = new SegmentationLoss(new CrossEntropy { PositiveWeight = weight }) { Mode = mode, Reduction = reduction };
            var scene = Scenes.Usual(mode);
            CheckSame(scene, loss, logits => nn.functional.binary_cross_entropy_with_logits(
                logits, scene.TargetTensor(ScalarType.Float64).reshape(scene.Shape), pos_weights: tensor(weight, [weight.Length, 1, 1]), reduction: reduction));
        }
    }

    [Theory]
    [InlineData(Multiclass)]
    [InlineData(Binary)]
    [InlineData(Multilabel)]
    public void LossesWithoutTheirOwnPart_AreCrossEntropy(SegmentationMode mode)
    {
        var scene = Scenes.Usual(mode, ignored: 0.2);
        using var ce = new SegmentationLoss(new CrossEntropy()) { Mode = mode, IgnoreIndex = Scene.Ignore };
        foreach (var term in (LossTerm[])[new Poly1CrossEntropy { Epsilon = 0 }, new SymmetricCrossEntropy { Alpha = 1, Beta = 0 }, new Focal { Form = FocalForm.Softmax, Gamma = 0 }])
        {
            using var loss = new SegmentationLoss(term) { Mode = mode, IgnoreIndex = Scene.Ignore };
            CheckSame(scene, loss, logits => ce.call(logits, scene.TargetTensor()));
        }
    }

    [Theory]
    [InlineData(FocalForm.Softmax)]
    [InlineData(FocalForm.OneVsRest)]
    public void FocalOptions_ThatChangeNothing_ChangeNothing(FocalForm form)
    {
        var scene = Scenes.Usual(Multiclass, ignored: 0.2);
        using var plain = new SegmentationLoss(new Focal { Form = form, Gamma = 1.5 }) { IgnoreIndex = Scene.Ignore };
        using var all = new SegmentationLoss(new Focal { Form = form, Gammas = [1.5, 1.5, 1.5], Classes = ClassSelection.Of(0, 1, 2) }) { IgnoreIndex = Scene.Ignore };
        using var half = new SegmentationLoss(2 * new Focal { Form = form, Gamma = 1.5, Alpha = 0.5 }) { IgnoreIndex = Scene.Ignore };
        using var mean = new SegmentationLoss(3 * new Focal { Form = form, Gamma = 1.5, AveragesClasses = true }) { IgnoreIndex = Scene.Ignore };
        CheckSame(scene, all, logits => plain.call(logits, scene.TargetTensor()));
        CheckSame(scene, half, logits => plain.call(logits, scene.TargetTensor()));
        CheckSame(scene, mean, logits => plain.call(logits, scene.TargetTensor()));
    }

    /// <summary>The paper's code on the softmax of two classes, but for its clipping of p at 1e-7.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void UnifiedFocal_IsThatOfItsAuthors(bool isSymmetric)
    {
        using var loss = new SegmentationLoss(new UnifiedFocal { FocalShare = 0.3, Delta = 0.7, Gamma = 0.4, IsSymmetric = isSymmetric });
        var scene = Scenes.Fixed(Multiclass, [3, 2, 4, 5]);
        CheckSame(scene, loss, logits =>
        {
            var p = logits.softmax(1);
            var truth = stack([scene.TargetTensor().eq(0), scene.TargetTensor().eq(1)], 1).to(ScalarType.Float64);
            var crossEntropy = -truth * p.log();
            var back = 0.3 * (1 - p.select(1, 0)).pow(0.4) * crossEntropy.select(1, 0);
            var fore = 0.7 * crossEntropy.select(1, 1);
            fore = isSymmetric ? fore * (1 - p.select(1, 1)).pow(0.4) : fore;
            var (tp, fn, fp) = ((truth * p).sum([2L, 3L]), (truth * (1 - p)).sum([2L, 3L]), ((1 - truth) * p).sum([2L, 3L]));
            var error = 1 - ((tp + 1e-7) / (tp + (0.7 * fn) + (0.3 * fp) + 1e-7));
            var enhanced = error * error.pow(-0.4);
            var tversky = isSymmetric ? enhanced.mean() : (error.select(1, 0).mean() + enhanced.select(1, 1).mean()) / 2;
            return (0.7 * tversky) + (0.3 * (back + fore).mean());
        });
    }

    [Theory]
    [InlineData(Multiclass)]
    [InlineData(Binary)]
    [InlineData(Multilabel)]
    public void PriorOfTheImage_IsNone(SegmentationMode mode)
    {
        var scene = Scenes.Fixed(mode, [1, mode == Binary ? 1 : 3, 4, 5], seed: 3);
        double[] own = [.. Enumerable.Range(0, (int)scene.Classes).Select(k => Oracles.PlainRegion.Foreground(scene, 0, k).TargetProportion())];
        foreach (var (with, without) in ((LossTerm, LossTerm)[])[(new RegionSizeL1 { Prior = own, Epsilon = 0 }, new RegionSizeL1 { Epsilon = 0 }), (new RegionSizeKl { Prior = own, Epsilon = 0 }, new RegionSizeKl { Epsilon = 0 }),
            (new SizeBounds { Lower = own, Upper = own, Epsilon = 0 }, new SizeBounds { Epsilon = 0 })])
        {
            using var loss = new SegmentationLoss(with) { Mode = mode };
            using var expected = new SegmentationLoss(without) { Mode = mode };
            CheckSame(scene, loss, logits => expected.call(logits, scene.TargetTensor()));
        }
    }

    /// <summary>With a prior the labels say no more than which pixels count.</summary>
    [Fact]
    public void Prior_DoesNotReadTheLabels()
    {
        using var loss = new SegmentationLoss(new RegionSizeKl { Prior = [0.7, 0.2, 0.1] } + new SizeBounds { Lower = [0.5, 0, 0], Upper = [1, 0.2, 0.1] });
        var scene = Scenes.Usual(Multiclass);
        var other = scene with { Labels = new long[scene.Labels.Length] };
        CheckSame(scene, loss, logits => loss.call(logits, other.TargetTensor()));
    }

    /// <summary>A channel that is ignored altogether has no size that a prior could speak of.</summary>
    [Fact]
    public void IgnoredChannel_AddsNothingToAPrior()
    {
        var scene = Scenes.Usual(Multilabel);
        var labels = scene.Labels.Select((label, index) => index / scene.Pixels % scene.Classes == 1 ? Scene.Ignore : label).ToArray();
        foreach (var term in (LossTerm[])[new RegionSizeL1 { Prior = [0.2, 0.2, 0.2] }, new RegionSizeKl { Prior = [0.2, 0.2, 0.2] },
            new SizeBounds { Lower = [0, 0, 0], Upper = [0.1, 0.1, 0.1] }, new SizeBounds { Form = SizeBoundsForm.LogBarrier, Lower = [0, 0, 0], Upper = [0.1, 0.1, 0.1] }])
        {
            using var loss = new SegmentationLoss(term) { Mode = Multilabel, IgnoreIndex = Scene.Ignore };
            var ignoring = scene with { Labels = labels };
            var (value, gradient) = ignoring.Evaluate(loss);
            var (same, _) = (ignoring with { Logits = [.. scene.Logits.Select((z, index) => index / scene.Pixels % scene.Classes == 1 ? z + 2 : z)] }).Evaluate(loss);
            value.Should().Be(same).And.BeGreaterThan(0);
            gradient.Where((_, index) => index / scene.Pixels % scene.Classes == 1).Should().OnlyContain(slope => slope == 0);
        }
    }

    /// <summary>The hinge has no gradient between the bounds; the barrier pushes off both.</summary>
    [Fact]
    public void WithinTheBounds_TheHingeRestsAndTheBarrierPushes()
    {
        (double Value, double Slope) Of(double bias, SizeBoundsForm form)
        {
            using var loss = new SegmentationLoss(new SizeBounds { Form = form, Lower = [0.2], Upper = [0.8], Tolerance = 0, Steepness = 10, Epsilon = 0 }) { Mode = Binary };
            var (value, gradient) = new Scene(Binary, [1, 1, 4], [bias, bias, bias, bias], [0, 0, 0, 0]).Evaluate(loss);
            return (value, gradient.Sum());
        }

        Of(0.5, SizeBoundsForm.SquaredHinge).Should().Be((0, 0));
        Of(-3, SizeBoundsForm.SquaredHinge).Slope.Should().BeNegative();
        Of(3, SizeBoundsForm.SquaredHinge).Slope.Should().BePositive();
        Of(-0.5, SizeBoundsForm.LogBarrier).Slope.Should().BeNegative();
        Of(0.5, SizeBoundsForm.LogBarrier).Slope.Should().BePositive();
        Of(0, SizeBoundsForm.LogBarrier).Slope.ShouldBeClose(0, Tolerance.Identity);

        // Beyond a bound the line has the slope t = 10; −2·log(0.3)/10 in the middle.
        Of(0, SizeBoundsForm.LogBarrier).Value.ShouldBeClose(-2 * Math.Log(0.3) / 10, Tolerance.Identity);
        var p = 1 / (1 + Math.Exp(-3.0));
        Of(3, SizeBoundsForm.LogBarrier).Slope.ShouldBeClose(p * (1 - p) * (10 - (1 / (10 * (p - 0.2)))), Tolerance.Identity);
    }

    private static void CheckSame(Scene scene, SegmentationLoss loss, Func<Tensor, Tensor> other)
    {
        using var scope = NewDisposeScope();
        var leaf = scene.LogitsTensor().requires_grad_(true);
        var expected = other(leaf);
        expected.backward();
        foreach (var implementation in Enum.GetValues<RegionImplementation>())
        {
            using var forced = RegionPrimitive.Force(implementation);
            var (value, gradient) = scene.Evaluate(loss);
            value.ShouldBeClose(expected.item<double>(), Tolerance.Identity, loss.Name);
            gradient.ShouldBeClose(Evaluation.Numbers(leaf.grad!), Tolerance.Identity, loss.Name);
        }
    }
}
