namespace SegLossBias.Tests.Contract;

/// <summary>Hostile inputs that once gave a wrong number: each with the right one.</summary>
public class FaultTests
{
    /// <summary>Without ε the Dice bias of a wholly ignored image is log 0, in a mask or not: its value and gradient are 0.</summary>
    [Theory]
    [InlineData(RegionImplementation.Fused, SegmentationMode.Multiclass)]
    [InlineData(RegionImplementation.Fused, SegmentationMode.Binary)]
    [InlineData(RegionImplementation.Fused, SegmentationMode.Multilabel)]
    [InlineData(RegionImplementation.Composed, SegmentationMode.Multiclass)]
    [InlineData(RegionImplementation.Composed, SegmentationMode.Binary)]
    [InlineData(RegionImplementation.Composed, SegmentationMode.Multilabel)]
    internal void DiceBiasWithoutEpsilon_OfAnIgnoredImage_IsZero(RegionImplementation implementation, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var forced = RegionPrimitive.Force(implementation);
        var classes = Given.Channels(mode);
        var logits = zeros([2, classes, 4], ScalarType.Float64);
        var target = Given.BackgroundFor(mode, [2, classes, 4]);
        target[0] = tensor(1L);
        target[1] = tensor(Scene.Ignore);

        // Of the first image: p̂ is 1/3 or 1/2, ŷ is 1 for the true class or the foreground. The mean is over classes.
        var ofImage = mode == SegmentationMode.Multiclass ? ((2 * Math.Log(1.0 / 3)) + Math.Log(4.0 / 3)) / 3 : Math.Log(1.5);
        LossTerm bias = new DiceBias { Epsilon = 0 };
        foreach (var (terms, others) in ((LossSum, Func<SegmentationLoss, double>)[])
            [(bias, _ => 0), (new CrossEntropy() + bias, loss => loss.Breakdown(logits, target).Parts[0].Raw.mean().ToDouble())])
        {
            foreach (var reduction in Enum.GetValues<Reduction>())
            {
                using var loss = new SegmentationLoss(terms) { Mode = mode, IgnoreIndex = Scene.Ignore, Reduction = reduction };
                var (values, gradient) = Evaluation.Run(loss, logits, target);
                var expected = (reduction == Reduction.Sum ? ofImage : ofImage / 2) + others(loss);
                (reduction == Reduction.None ? values.Average() : values.Single()).ShouldBeClose(expected, Tolerance.Identity, $"{terms}, {reduction}");
                gradient.Should().OnlyContain(slope => double.IsFinite(slope)).And.EndWith(new double[gradient.Length / 2]);

                using var breakdown = loss.Breakdown(logits, target);
                Evaluation.Numbers(breakdown.Total).ShouldBeClose(values, Tolerance.Identity);
                breakdown.Parts.SelectMany(part => Evaluation.Numbers(part.Raw)).Should().OnlyContain(part => double.IsFinite(part));
            }
        }
    }

    /// <summary>A channel of a multilabel image can be ignored altogether while the others are not.</summary>
    [Theory]
    [InlineData(RegionImplementation.Fused)]
    [InlineData(RegionImplementation.Composed)]
    internal void DiceBiasWithoutEpsilon_OfAnIgnoredChannel_IsThatOfTheOthers(RegionImplementation implementation)
    {
        using var scope = NewDisposeScope();
        using var forced = RegionPrimitive.Force(implementation);
        using var loss = new SegmentationLoss(new DiceBias { Epsilon = 0, ClassReduction = ClassReduction.Sum }) { Mode = SegmentationMode.Multilabel, IgnoreIndex = Scene.Ignore };
        var target = tensor((long[])[255, 255, 1, 0], [1, 2, 2]);
        var (value, gradient) = Evaluation.Scalar(loss, zeros([1, 2, 2], ScalarType.Float64), target);
        value.ShouldBeClose(Math.Log(0.5 + 0.5), Tolerance.Identity);

        // d log(p̂ + ŷ) = σ(1−σ) / |V| / (p̂ + ŷ)
        gradient.ShouldBeClose([0, 0, 0.125, 0.125], Tolerance.Identity);
    }

    /// <summary>The same of every loss, so that no other has such a fault.</summary>
    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void IgnoredImage_HasNoPartInBreakdownsOrSums(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var (logits, target) = (zeros([2, Given.Channels(mode), 4], ScalarType.Float64), Given.BackgroundFor(mode, [2, Given.Channels(mode), 4]));
        target[1] = tensor(Scene.Ignore);
        foreach (var implementation in Enum.GetValues<RegionImplementation>())
        {
            using var forced = RegionPrimitive.Force(implementation);
            foreach (var reduction in LossTable.Get(name).Reductions)
            {
                using var loss = LossTable.Create(name, mode, Scene.Ignore, reduction);
                var leaf = logits.detach().clone().requires_grad_(true);
                using var breakdown = loss.Breakdown(leaf, target);
                breakdown.Total.sum().backward();
                Evaluation.Numbers(leaf.grad!).Should().OnlyContain(slope => double.IsFinite(slope)).And.EndWith(new double[logits.numel() / 2]);
                breakdown.Parts.SelectMany(part => Evaluation.Numbers(part.Raw)).Should().OnlyContain(part => double.IsFinite(part));
                if (reduction == Reduction.None)
                {
                    Evaluation.Numbers(breakdown.Total)[1].Should().Be(0);
                }
            }
        }
    }

    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.NamesAndModes;

    /// <summary>γ = 0.5, float32, a logit of 60: 1 − p rounds to 0, where a power below 1 has no derivative. The second one is 0 there.</summary>
    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void SecondDerivativeOfASaturatedFocalLoss_IsZero(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new Focal { Gamma = 0.5 }) { Mode = mode };
        var classes = mode == SegmentationMode.Multilabel ? 2 : Given.Channels(mode);
        var leaf = full([1, classes, 2], -60f, ScalarType.Float32);
        leaf.narrow(1, 0, 1).fill_(60f);
        leaf.requires_grad_(true);
        var target = Given.BackgroundFor(mode, [1, classes, 2]);
        if (mode != SegmentationMode.Multiclass)
        {
            target.narrow(1, 0, mode == SegmentationMode.Binary ? 2 : 1).fill_(1);
        }

        var gradient = autograd.grad([loss.call(leaf, target)], [leaf], retain_graph: true, create_graph: true)[0];
        var second = autograd.grad([gradient.sum()], [leaf])[0];
        Evaluation.Numbers(gradient).Should().OnlyContain(slope => Math.Abs(slope) < 1e-12);
        Evaluation.Numbers(second).Should().OnlyContain(slope => Math.Abs(slope) < 1e-12);
    }

    /// <summary>An undefined mode is refused before anything is computed.</summary>
    [Fact]
    public void UndefinedMode_IsRefused()
    {
        using var scope = NewDisposeScope();
        var (logits, target) = Given.Inputs(SegmentationMode.Multiclass);
        FluentActions.Invoking(() => RegionStatistics.Compute(logits, target, (SegmentationMode)7, null)).Should().Throw<ArgumentException>().WithMessage("*mode*7*");
        FluentActions.Invoking(() => new CrossEntropy().FormulaText((SegmentationMode)7, 2, 0)).Should().Throw<ArgumentException>().WithMessage("*mode*7*");
    }

    /// <summary>Enums where a formula is written, not a setting.</summary>
    [Fact]
    public void UndefinedEnum_InAFormula_IsRefused()
    {
        Refuses("pooling", regions => regions.All.Pooled((Pooling)7).Overlap.Sum(Axis.Classes));
        Refuses("absent", regions => regions.All.MeanOverClasses(regions.All.Overlap, (AbsentClass)7));
        Refuses("form", regions => regions.All.Focal(2, (FocalForm)7).Sum(Axis.Classes));
        Refuses("axis", regions => regions.All.Overlap.Sum((Axis)7));
        Refuses("axis", regions => regions.All.Overlap.Mean((Axis)7));

        static void Refuses(string what, Func<Regions, Formula> formula)
        {
            using var loss = new SegmentationLoss(new Written(formula));
            FluentActions.Invoking(() => Scenes.Usual(SegmentationMode.Multiclass).Evaluate(loss)).Should().Throw<ArgumentException>().WithMessage($"*{what}*7*");
        }
    }

    /// <summary>A null is named where it is handed over.</summary>
    [Fact]
    public void Null_IsRefusedByName()
    {
        using var scope = NewDisposeScope();
        using var loss = new RceL1Loss();
        var (logits, target) = Given.Inputs(SegmentationMode.Multiclass);
        FluentActions.Invoking(() => loss.call(null!, target)).Should().Throw<ArgumentNullException>().WithParameterName("logits");
        FluentActions.Invoking(() => loss.call(logits, null!)).Should().Throw<ArgumentNullException>().WithParameterName("target");
        FluentActions.Invoking(() => loss.Breakdown(null!, target)).Should().Throw<ArgumentNullException>().WithParameterName("logits");
        FluentActions.Invoking(() => RegionStatistics.Compute(logits, target, SegmentationMode.Multiclass, null, null!)).Should().Throw<ArgumentNullException>().WithParameterName("statistics");
        FluentActions.Invoking(() => new LossSum(null!)).Should().Throw<ArgumentNullException>().WithParameterName("terms");
        FluentActions.Invoking(() => (LossSum)(LossTerm)null!).Should().Throw<ArgumentNullException>().WithParameterName("term");
        FluentActions.Invoking(() => new CrossEntropy() + (LossSum)null!).Should().Throw<ArgumentNullException>().WithParameterName("right");
        FluentActions.Invoking(() => 0.5 * (LossTerm)null!).Should().Throw<ArgumentNullException>().WithParameterName("term");
        FluentActions.Invoking(() => (Schedule)null! * new Dice()).Should().Throw<ArgumentNullException>().WithParameterName("lambda");
    }

    private sealed class Written(Func<Regions, Formula> formula) : RegionTerm("Written")
    {
        protected override LossFormula Define(Regions regions) => formula(regions);
    }
}
