using SegLossBias.Tests.Contract;
using SegLossBias.Tests.Support;
using SegLossBias.Tests.Targets;

namespace SegLossBias.Tests.Losses;

/// <summary>The loss of each pixel: what reduction='none' of libtorch gives, and what the sum adds up.</summary>
public class PerPixelTests
{
    public static TheoryData<string, SegmentationMode, string> MeansOverPixels => RichScenes.Cases(row => row.Numerators is [Numerator.Pixel or Numerator.Class]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CrossEntropy_IsThatOfLibtorch(bool isWeighted)
    {
        using var scope = NewDisposeScope();
        double[]? weight = isWeighted ? [0.5, 2, 1.25] : null;
        using var loss = new SegmentationLoss(new CrossEntropy { Weight = weight, LabelSmoothing = 0.1 }) { IgnoreIndex = Scene.Ignore };
        var scene = Scenes.Usual(SegmentationMode.Multiclass, ignored: 0.2);
        CheckSame(scene, loss, logits => nn.functional.cross_entropy(
            logits, scene.TargetTensor(), weight is null ? null : tensor(weight), Scene.Ignore, Reduction.None, 0.1));
    }

    [Theory]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void BinaryCrossEntropy_IsThatOfLibtorch(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        double[] positive = mode == SegmentationMode.Binary ? [3] : [3, 0.5, 1];
        using var loss = new SegmentationLoss(new CrossEntropy { PositiveWeight = positive }) { Mode = mode };
        var scene = Scenes.Usual(mode);
        CheckSame(scene, loss, logits => nn.functional.binary_cross_entropy_with_logits(
            logits, scene.TargetTensor(ScalarType.Float64).reshape(scene.Shape), pos_weights: tensor(positive, [positive.Length, 1, 1]), reduction: Reduction.None).sum(1L));
    }

    public static TheoryData<string, RegionTerm, Func<Tensor, Tensor>> OfNegativeLog => new()
    {
        { "softmax focal", new Focal { Form = FocalForm.Softmax, Gamma = 3 }, loss => (1 - (-loss).exp()).pow(3) * loss },
        { "softmax focal below 2", new Focal { Form = FocalForm.Softmax, Gamma = 1.5 }, loss => (1 - (-loss).exp()).pow(1.5) * loss },
        { "generalised", new GeneralizedCrossEntropy { Exponent = 0.5 }, loss => (1 - (-0.5 * loss).exp()) / 0.5 },
        { "polynomial", new Poly1CrossEntropy { Epsilon = 2 }, loss => loss + (2 * (1 - (-loss).exp())) },
        { "a user's, not linear in the statistics", new Own(r => (r.NegativeLogLikelihood * r.NegativeLogLikelihood).Sum(Axis.Classes)), loss => loss * loss },
        { "a user's, a function of a sum", new Own(r => Formula.Exp(-r.NegativeLogLikelihood.Sum(Axis.Classes))), loss => (-loss).exp() },
        { "a user's, negated, subtracted and named", new Own(r => (-(r.NegativeLogLikelihood * -Formula.Constant(3, "c")) - r.NegativeLogLikelihood).Named("twice").Sum(Axis.Classes)), loss => 2 * loss },
    };

    [Theory]
    [MemberData(nameof(OfNegativeLog))]
    public void FunctionOfTheTrueClass_IsThatOfLibtorchsCrossEntropy(string name, RegionTerm term, Func<Tensor, Tensor> function)
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(term) { Name = name };
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        CheckSame(scene, loss, logits => function(nn.functional.cross_entropy(logits, scene.TargetTensor(), reduction: Reduction.None)));
    }

    [Fact]
    public void OneVsRestFocal_IsThatOfLibtorchsBinaryCrossEntropy()
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new Focal { Weight = new double[] { 0.5, 2, 1.25 } });
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        var oneHot = nn.functional.one_hot(scene.TargetTensor(), 3).movedim([-1], [1]).to(float64);
        CheckSame(scene, loss, logits =>
        {
            var loss = nn.functional.binary_cross_entropy_with_logits(logits, oneHot, reduction: Reduction.None);
            long[] ofChannels = [1, 3, .. scene.Shape[2..].Select(_ => 1L)];
            return ((1 - (-loss).exp()).square() * loss * tensor(new[] { 0.5, 2, 1.25 }).reshape(ofChannels)).sum(1L);
        });
    }

    /// <summary>Weights of the batch, such as inverse class frequencies, stay those of the batch.</summary>
    [Theory]
    [MemberData(nameof(MeansOverPixels))]
    public void Pixels_AddUpToTheSum(string name, SegmentationMode mode, string kind)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode, Scene.Ignore, Reduction.Sum);
        var scene = RichScenes.Make(Scenes.Usual(mode, ignored: 0.2), kind);
        var leaf = scene.LogitsTensor().requires_grad_(true);

        var pixels = loss.PerPixel(leaf, scene.Target());

        pixels.shape.Should().Equal([scene.Shape[0], .. scene.Shape[2..]]);
        pixels.sum().backward();
        var (value, gradient) = scene.Evaluate(loss);
        Evaluation.Numbers(pixels).Sum().ShouldBeClose(value, Tolerance.Identity, name);
        Evaluation.Numbers(leaf.grad!).ShouldBeClose(gradient, Tolerance.Identity, name);
    }

    [Fact]
    public void Terms_AreAddedWithTheirWeights()
    {
        using var scope = NewDisposeScope();
        using var sum = new SegmentationLoss(new CrossEntropy() + (0.5 * new Focal()) + (0 * new Poly1CrossEntropy()));
        using var ce = new SegmentationLoss(new CrossEntropy());
        using var focal = new SegmentationLoss(new Focal());
        using var none = new SegmentationLoss(0 * new CrossEntropy());
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        var (logits, target) = (scene.LogitsTensor(), scene.TargetTensor());
        Evaluation.Numbers(sum.PerPixel(logits, target)).ShouldBeClose(Evaluation.Numbers(ce.PerPixel(logits, target) + (0.5 * focal.PerPixel(logits, target))), Tolerance.Identity);
        Evaluation.Numbers(none.PerPixel(logits, target)).Should().OnlyContain(value => value == 0);
    }

    /// <summary>Also the gradient that can be differentiated again, which is composed of tensor operations in either case.</summary>
    [Fact]
    public void OneVsRestFocal_IsTheSameOnBothImplementations()
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new CrossEntropy() + new Focal { Weight = new double[] { 0.5, 2, 1.25 }, Alpha = 0.3 });
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        var upstream = linspace(-1, 2, scene.Images * scene.Pixels, ScalarType.Float64).reshape([scene.Shape[0], .. scene.Shape[2..]]);
        (double[] Values, double[] Gradient) Run(RegionImplementation implementation, bool createsGraph)
        {
            using var forced = RegionPrimitive.Force(implementation);
            var leaf = scene.LogitsTensor().requires_grad_(true);
            var pixels = loss.PerPixel(leaf, scene.TargetTensor());
            return (Evaluation.Numbers(pixels), Evaluation.Numbers(autograd.grad([(pixels * upstream).sum()], [leaf], retain_graph: true, create_graph: createsGraph)[0]));
        }

        var (values, gradient) = Run(RegionImplementation.Fused, createsGraph: false);
        foreach (var (implementation, createsGraph) in new[] { (RegionImplementation.Fused, true), (RegionImplementation.Composed, false), (RegionImplementation.Composed, true) })
        {
            var (same, sameGradient) = Run(implementation, createsGraph);
            same.ShouldBeClose(values, Tolerance.Identity, $"{implementation}");
            sameGradient.ShouldBeClose(gradient, Tolerance.Identity, $"{implementation}");
        }
    }

    public static TheoryData<string, RegionTerm> WithFactorsOfZero => new()
    {
        { "weights of 0", new CrossEntropy { Weight = [0, 0, 0] } },
        { "α = 0", new SymmetricCrossEntropy { Alpha = 0 } },
        { "α = β = 0", new SymmetricCrossEntropy { Alpha = 0, Beta = 0 } },
    };

    /// <summary>Nothing to add up is 0, with a gradient, and with one that can be differentiated again.</summary>
    [Theory]
    [MemberData(nameof(WithFactorsOfZero))]
    public void FactorsOfZero_AreTheSameOnBothImplementations(string name, RegionTerm term)
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(term) { Name = name };
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        (double[] Values, double[] Gradient) Run(RegionImplementation implementation, bool createsGraph)
        {
            using var forced = RegionPrimitive.Force(implementation);
            var leaf = scene.LogitsTensor().requires_grad_(true);
            var pixels = loss.PerPixel(leaf, scene.TargetTensor());
            return (Evaluation.Numbers(pixels), Evaluation.Numbers(autograd.grad([pixels.sum()], [leaf], retain_graph: true, create_graph: createsGraph)[0]));
        }

        var (values, gradient) = Run(RegionImplementation.Fused, createsGraph: false);
        (values.All(value => value == 0), gradient.All(slope => slope == 0)).Should().Be((name != "α = 0", name != "α = 0"));
        foreach (var (implementation, createsGraph) in new[] { (RegionImplementation.Fused, true), (RegionImplementation.Composed, false), (RegionImplementation.Composed, true) })
        {
            var (same, sameGradient) = Run(implementation, createsGraph);
            same.ShouldBeClose(values, Tolerance.Identity, name);
            sameGradient.ShouldBeClose(gradient, Tolerance.Identity, name);
        }
    }

    [Fact]
    public void IgnoredPixels_AreZeroWhateverTheyHold()
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new CrossEntropy()) { IgnoreIndex = Scene.Ignore };
        var scene = Scenes.Usual(SegmentationMode.Multiclass, ignored: 0.3);
        var target = scene.TargetTensor();
        var logits = scene.LogitsTensor().masked_fill(target.eq(Scene.Ignore).unsqueeze(1), double.NaN).requires_grad_(true);
        var pixels = loss.PerPixel(logits, target);
        pixels.sum().backward();
        Evaluation.Numbers(pixels).Zip(scene.Labels).Should().OnlyContain(pixel => pixel.Second == Scene.Ignore ? pixel.First == 0 : pixel.First > 0);
        Evaluation.Numbers(logits.grad!).Should().OnlyContain(slope => double.IsFinite(slope));
    }

    [Fact]
    public void TypesAndShapes_AreThoseOfALoss()
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new CrossEntropy()) { Reduction = Reduction.Mean };
        var leaf = zeros([2, 3, 2, 2, 5], ScalarType.Float16).requires_grad_(true);
        var pixels = loss.PerPixel(leaf, zeros([2, 1, 2, 2, 5], ScalarType.Int64));
        pixels.sum().backward();
        (pixels.dtype, leaf.grad!.dtype).Should().Be((ScalarType.Float32, ScalarType.Float16));
        pixels.shape.Should().Equal(2, 2, 2, 5);
        loss.PerPixel(zeros(0, 3, 4), zeros([0, 4], ScalarType.Int64)).shape.Should().Equal(0, 4);
    }

    public static TheoryData<string, string> WithoutPixels => new()
    {
        { "Dice", "Dice is no mean over pixels*ask a loss without this term*" },
        { "TopK", "TopK is no mean over pixels*" },
        { "CE/region", "CE is no mean over pixels*" },
        { "RCE(L1)", "L1 is no mean over pixels*" },
        { "UnifiedFocal", "UnifiedFocal is no mean over pixels*" },
    };

    [Theory]
    [MemberData(nameof(WithoutPixels))]
    public void LossOfMoreThanPixels_SaysWhichTermItIs(string name, string message)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name);
        var (logits, target) = Given.Inputs(SegmentationMode.Multiclass);
        FluentActions.Invoking(() => loss.PerPixel(logits, target)).Should().Throw<InvalidOperationException>().WithMessage(message);
    }

    [Fact]
    public void WrongLabel_IsNamedWhereTheCallerHasIt()
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new CrossEntropy()) { Mode = SegmentationMode.Multilabel };
        var (logits, target) = Given.Inputs(SegmentationMode.Multilabel);
        target[1, 2, 0, 3] = tensor(7L);
        FluentActions.Invoking(() => loss.PerPixel(logits, target)).Should().Throw<ArgumentException>().WithMessage("*label 7 occurs at [1, 2, 0, 3]*");
    }

    [Fact]
    public void Handles_AreFreed()
    {
        using var loss = LossTable.Create("WCE", SegmentationMode.Multilabel, Scene.Ignore);
        var scene = RichScenes.Make(Scenes.Usual(SegmentationMode.Multilabel, ignored: 0.2), "soft, weights");
        void Run()
        {
            using var scope = NewDisposeScope();
            var leaf = scene.LogitsTensor().requires_grad_(true);
            loss.PerPixel(leaf, scene.Target()).sum().backward();
        }

        Run();
        LiveHandles.LeftBy(Run).Should().Be(0);
    }

    private static void CheckSame(Scene scene, SegmentationLoss loss, Func<Tensor, Tensor> other)
    {
        var upstream = linspace(-1, 2, scene.Images * scene.Pixels, ScalarType.Float64).reshape([scene.Shape[0], .. scene.Shape[2..]]);
        (double[] Values, double[] Gradient) Run(Func<Tensor, Tensor> function)
        {
            var leaf = scene.LogitsTensor().requires_grad_(true);
            var values = function(leaf);
            (values * upstream).sum().backward();
            return (Evaluation.Numbers(values), Evaluation.Numbers(leaf.grad!));
        }

        var expected = Run(other);
        var (values, gradient) = Run(logits => loss.PerPixel(logits, scene.Target()));
        values.ShouldBeClose(expected.Values, Tolerance.Identity);
        gradient.ShouldBeClose(expected.Gradient, Tolerance.Identity);
    }

    private sealed class Own(Func<RegionSet, Formula> value) : RegionTerm("Own")
    {
        protected override LossFormula Define(Regions regions) => new(value(regions.All), regions.All.TargetSize.Sum(Axis.Classes));
    }
}
