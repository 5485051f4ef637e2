using SegLossBias.Tests.Contract;
using SegLossBias.Tests.Oracles;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Formulas;

/// <summary>
/// The two roads of a formula, plain numbers with a reverse sweep and tensors, give the same values and gradients: for every
/// loss, option, reduction and part of a breakdown.
/// </summary>
public class RoadTests
{
    private static readonly ScalarType[] Types = [ScalarType.Float64, ScalarType.Float32];

    private static readonly Dictionary<string, Func<SegmentationLoss>> More = new()
    {
        ["LogDice batch, leave out"] = () => new SegmentationLoss(new LogDice { Absent = AbsentClass.LeaveOut }) { IgnoreIndex = Scene.Ignore },
        ["Dice batch, keep"] = () => new SegmentationLoss(new Dice { Absent = AbsentClass.Keep }) { IgnoreIndex = Scene.Ignore },
        ["Dice batch, classes"] = () => new SegmentationLoss(new Dice { Smoothing = 0.1, Classes = ClassSelection.WithoutBackground }) { IgnoreIndex = Scene.Ignore },
        ["LogDice, large ε"] = () => new SegmentationLoss(new LogDice { Epsilon = 0.6 }) { IgnoreIndex = Scene.Ignore },
        ["λ = 0"] = () => new SegmentationLoss(new CrossEntropy() + (0 * new RegionSizeL1()) + (2 * new GeneralizedDice())) { IgnoreIndex = Scene.Ignore },
        ["weights that are 0"] = () => new SegmentationLoss(new CrossEntropy { Weight = [0, 0, 0] }) { IgnoreIndex = Scene.Ignore },
        ["two focal sums"] = () => new SegmentationLoss(new Focal { Gamma = 1 } + new Focal { Gamma = 2, Form = FocalForm.Softmax }) { IgnoreIndex = Scene.Ignore },
        ["one's own"] = () => new SegmentationLoss(new CrossEntropy() + new Own()) { IgnoreIndex = Scene.Ignore },
        ["DB without ε"] = () => new SegmentationLoss(new DiceBias { Epsilon = 0 }) { IgnoreIndex = Scene.Ignore },
        ["KL without ε"] = () => new SegmentationLoss(new RegionSizeKl { Epsilon = 0 }) { IgnoreIndex = Scene.Ignore },
        ["focal Tversky"] = () => new SegmentationLoss(new Tversky { Exponent = 0.75 }) { IgnoreIndex = Scene.Ignore },
    };

    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.Where(row => !row.IsOfPixels);

    public static TheoryData<string> Options => [.. ((IEnumerable<object[]>)OptionTable.Names).Select(row => (string)row[0]), .. More.Keys];

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void EveryLoss_IsTheSameOnBothRoads(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        CompareAll(loss);
        Scenes.Any(mode, withIgnored: true).Sample(scene => Compare(loss, scene, ScalarType.Float64, 1, name), iter: 10);
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void EveryOption_IsTheSameOnBothRoads(string name)
    {
        using var loss = More.TryGetValue(name, out var build) ? build() : OptionTable.Get(name).Build(Reduction.Mean);
        CompareAll(loss);
    }

    /// <summary>Every reduction and every option takes the fast road: numbers gathered by a fused pass, one node.</summary>
    [Theory]
    [MemberData(nameof(Options))]
    public void EveryReduction_IsTheSameOnBothRoads(string name)
    {
        using var mean = More.TryGetValue(name, out var build) ? build() : OptionTable.Get(name).Build(Reduction.Mean);
        foreach (var reduction in mean.Terms.Any(term => LossCase.Pools(term.Term)) ? (Reduction[])[Reduction.Sum] : [Reduction.Sum, Reduction.None])
        {
            using var loss = new SegmentationLoss(new LossSum(mean.Terms)) { Mode = mean.Mode, IgnoreIndex = Scene.Ignore, Reduction = reduction };
            CompareAll(loss);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(10)]
    public void Schedules_AreReadInTheirEpoch(int epoch)
    {
        using var loss = Scheduled();
        loss.Epoch = epoch;
        CompareAll(loss);
    }

    /// <summary>3·L² + L·mean(z²), and an upstream gradient that is not 1.</summary>
    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void WithinALargerFormula_IsTheSameOnBothRoads(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        foreach (var dtype in Types)
        {
            Compare(loss, Scenes.Usual(mode, seed: 4, ignored: 0.2), dtype, -2.5, name, (value, logits) => (3 * value.square()) + (value * logits.square().mean()));
        }
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void Parts_AreTheSameOnBothRoads(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        foreach (var scene in Special(mode))
        {
            using var scope = NewDisposeScope();
            using var forced = RegionPrimitive.Force(RegionImplementation.Fused);
            var numbers = loss.Breakdown(scene.LogitsTensor(), scene.TargetTensor());
            var tensors = ByTensors(loss).Breakdown(scene.LogitsTensor(), scene.TargetTensor());
            (IsInNumbers(numbers.Implementation), IsInNumbers(tensors.Implementation)).Should().Be((true, false));
            foreach (var (part, other) in numbers.Parts.Zip(tensors.Parts))
            {
                Evaluation.Numbers(part.Raw).ShouldBeClose(Evaluation.Numbers(other.Raw), Tolerance.Identity, part.Name);
            }
        }
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void GradientOfAGradient_IsTheSameOnBothRoads(string name, SegmentationMode mode)
    {
        using var forced = RegionPrimitive.Force(RegionImplementation.Fused);
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        using var tensors = ByTensors(loss);
        var scene = Scenes.Usual(mode, seed: 3, ignored: 0.2);
        double[] Penalty(SegmentationLoss loss)
        {
            using var scope = NewDisposeScope();
            var leaf = scene.LogitsTensor().requires_grad_(true);
            var gradient = autograd.grad([loss.call(leaf, scene.TargetTensor())], [leaf], retain_graph: true, create_graph: true)[0];
            gradient.square().sum().backward();
            return Evaluation.Numbers(leaf.grad!);
        }

        Penalty(loss).ShouldMatch(Penalty(tensors), name);
    }

    /// <summary>λ and τ are those of the call, whatever the epoch has become.</summary>
    [Fact]
    public void GradientOfAGradient_KeepsTheEpochOfTheCall()
    {
        using var forced = RegionPrimitive.Force(RegionImplementation.Fused);
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass, ignored: 0.2);
        using var loss = Scheduled();
        Gradient(later: 7).Should().Equal(Gradient(later: 0));

        double[] Gradient(int later)
        {
            var leaf = scene.LogitsTensor().requires_grad_(true);
            loss.Epoch = 0;
            var value = loss.call(leaf, scene.TargetTensor());
            loss.Epoch = later;
            return Evaluation.Numbers(autograd.grad([value], [leaf], retain_graph: true, create_graph: true)[0]);
        }
    }

    /// <summary>A loss scaled beyond its range must show in the gradient, as a gradient scaler looks for; ignored pixels stay 0.</summary>
    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(0)]
    public void UpstreamThatIsNoNumber_GoesWhereItDoesOnTensors(double upstream)
    {
        foreach (var name in (string[])["RCE(L1)", "LogDiceCE", "RFL(KL)"])
        {
            using var scope = NewDisposeScope();
            using var forced = RegionPrimitive.Force(RegionImplementation.Fused);
            using var loss = LossTable.Create(name, ignoreIndex: Scene.Ignore);
            using var tensors = ByTensors(loss);
            foreach (var scene in Special(SegmentationMode.Multiclass))
            {
                var (_, direct) = Run(scene, ScalarType.Float32, (logits, target) => loss.call(logits, target) * upstream);
                var (_, expected) = Run(scene, ScalarType.Float32, (logits, target) => tensors.call(logits, target) * upstream);
                direct.Select(double.IsFinite).Should().Equal(expected.Select(double.IsFinite), name);
            }
        }
    }

    /// <summary>Which road is taken: numbers on the CPU whatever the loss and the reduction; tensors where there is nothing to read, a function of tensors or another device.</summary>
    [Fact]
    public void Road_IsThatOfTheStatistics()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        using (RegionPrimitive.Force(RegionImplementation.Fused))
        {
            IsFast(new SegmentationLoss(new CrossEntropy() + new Own()), scene).Should().BeTrue("a loss of the user's own has the fast road too");
            IsFast(new SegmentationLoss(new Own()) { Reduction = Reduction.None }, scene).Should().BeTrue();
            IsFast(new SegmentationLoss(new Focal { Gamma = 1 } + new Focal { Gamma = 2 }), scene).Should().BeTrue("two passes, one node");
            IsFast(LossTable.Create("RCE(L1)", reduction: Reduction.Sum), scene).Should().BeTrue();
            IsFast(LossTable.Create("RCE(L1)", reduction: Reduction.None), scene).Should().BeTrue();
            IsFast(ByTensors(LossTable.Create("RCE(L1)")), scene).Should().BeFalse("it is a function of tensors");
        }

        using var composed = RegionPrimitive.Force(RegionImplementation.Composed);
        IsFast(LossTable.Create("RCE(L1)"), scene).Should().BeFalse();
        IsFast(LossTable.Create("RCE(L1)"), scene with { Shape = [0, 3, 4, 5], Logits = [], Labels = [] }).Should().BeFalse("there is nothing to read");
    }

    [Fact]
    public void WrongSettings_AreErrorsOnBothRoads()
    {
        using var scope = NewDisposeScope();
        foreach (var implementation in Enum.GetValues<RegionImplementation>())
        {
            using var forced = RegionPrimitive.Force(implementation);
            using var loss = new SegmentationLoss(new CrossEntropy { Weight = [1, 1] });
            var scene = Scenes.Usual(SegmentationMode.Multiclass);
            Given.Call(loss, scene.LogitsTensor(), scene.TargetTensor()).Should().Throw<ArgumentException>().WithMessage("there are 2 class weights*");
            FluentActions.Invoking(() => loss.Breakdown(scene.LogitsTensor(), scene.TargetTensor())).Should().Throw<ArgumentException>().WithMessage("there are 2 class weights*");
        }
    }

    /// <summary>Absent classes, full ones, an image and a batch without valid pixels, logits beyond saturation, |p̂ − ŷ| = 0.</summary>
    private static IEnumerable<Scene> Special(SegmentationMode mode)
    {
        var classes = mode == SegmentationMode.Binary ? 1 : 3;
        var scene = Scenes.Fixed(mode, [3, classes, 4, 5], seed: 7, ignored: 0.2);
        var ofImage = scene.Labels.Length / 3;
        yield return scene;
        yield return scene with { Labels = [.. scene.Labels.Select(label => label == Scene.Ignore ? label : 0)] };
        yield return scene with { Labels = [.. scene.Labels.Select(label => label == Scene.Ignore ? label : 1)] };
        yield return scene with { Labels = [.. scene.Labels.Select((label, i) => i < ofImage ? Scene.Ignore : label)] };
        yield return scene with { Labels = [.. scene.Labels.Select(_ => Scene.Ignore)] };
        yield return scene with { Logits = [.. scene.Logits.Select(z => 300 * z)] };
        yield return scene with { Logits = new double[scene.Logits.Length], Labels = [.. scene.Labels.Select((_, i) => (long)(i % (mode == SegmentationMode.Multiclass ? 3 : 2)))] };
    }

    private static void CompareAll(SegmentationLoss loss)
    {
        foreach (var (scene, index) in Special(loss.Mode).Select((scene, index) => (scene, index)))
        {
            foreach (var dtype in Types)
            {
                Compare(loss, scene, dtype, 1, $"{loss.Name}, {loss.Reduction}, scene {index}");
            }
        }
    }

    private static void Compare(SegmentationLoss loss, Scene scene, ScalarType dtype, double upstream, string because, Func<Tensor, Tensor, Tensor>? around = null)
    {
        using var forced = RegionPrimitive.Force(RegionImplementation.Fused);
        using var tensors = ByTensors(loss);
        around ??= (value, _) => value;
        IsFast(loss, scene).Should().BeTrue($"{because} is to be evaluated in plain numbers");
        IsFast(tensors, scene).Should().BeFalse();
        var (value, gradient) = Run(scene, dtype, (logits, target) => around(loss.call(logits, target), logits) * upstream);
        var (expected, expectedGradient) = Run(scene, dtype, (logits, target) => around(tensors.call(logits, target), logits) * upstream);
        value.ShouldBeClose(expected, Tolerance.Statistic(dtype), because);
        gradient.ShouldBeCloseToLargest(expectedGradient, Tolerance.StoredGradient(dtype), because, floor: 1e-3);
    }

    private static (double[] Values, double[] Gradient) Run(Scene scene, ScalarType dtype, Func<Tensor, Tensor, Tensor> evaluate)
    {
        using var scope = NewDisposeScope();
        var leaf = scene.LogitsTensor(dtype).requires_grad_(true);
        var value = evaluate(leaf, scene.TargetTensor());
        value.dtype.Should().Be(dtype);
        value.sum().backward();
        return (Evaluation.Numbers(value), Evaluation.Numbers(leaf.grad!));
    }

    private static bool IsFast(SegmentationLoss loss, Scene scene)
    {
        using var scope = NewDisposeScope();
        return IsInNumbers(loss.Breakdown(scene.LogitsTensor(), scene.TargetTensor()).Implementation);
    }

    private static bool IsInNumbers(string implementation) => implementation.StartsWith("fused", StringComparison.Ordinal) && implementation.EndsWith("formula in numbers", StringComparison.Ordinal);

    /// <summary>The same loss on the other road.</summary>
    private static SegmentationLoss ByTensors(SegmentationLoss loss) =>
        new(new LossSum(loss.Terms.Select(term => new WeightedTerm(term.Lambda, new OnTensors((RegionTerm)term.Term)))))
        {
            Mode = loss.Mode,
            IgnoreIndex = loss.IgnoreIndex,
            Reduction = loss.Reduction,
            Epoch = loss.Epoch,
        };

    private static SegmentationLoss Scheduled() => new(
        new CrossEntropy()
        + (Schedule.Step(0.1, 2, every: 3) * new RegionSizeKl { Temperature = Schedule.Linear(10, 1, 10) })
        + (Schedule.Linear(0, 1, 10) * new Dice())) { IgnoreIndex = Scene.Ignore };

    private sealed class Own() : RegionTerm("Own")
    {
        protected override LossFormula Define(Regions regions) =>
            Formula.Power(regions.All.PredictedProportion() - regions.All.TargetProportion(), 2).Sum(Axis.Classes);
    }

    private sealed class OnTensors(RegionTerm term) : RegionTerm(term.Name)
    {
        protected override LossFormula Define(Regions regions)
        {
            var formula = term.DefineFor(regions);
            var value = formula.Value.ByTensors("identity", value => value);
            return formula.Weight is null ? new(value) : new(value, formula.Weight);
        }
    }
}
