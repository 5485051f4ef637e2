using SegLossBias.Tests.Contract;
using SegLossBias.Tests.Oracles;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Losses;

/// <summary>
/// Formulas in plain numbers against the same formulas on tensors: <c>call</c> takes the former where it can,
/// <c>Breakdown</c> always the latter.
/// </summary>
public class DirectFormulaTests
{
    private static readonly ScalarType[] Types = [ScalarType.Float64, ScalarType.Float32];

    private static readonly Dictionary<string, Func<SegmentationLoss>> More = new()
    {
        ["LogDice batch, leave out"] = () => new LogDiceLoss(absent: AbsentClass.LeaveOut, ignoreIndex: Scene.Ignore),
        ["Dice batch, keep"] = () => new DiceLoss(absent: AbsentClass.Keep, ignoreIndex: Scene.Ignore),
        ["Dice batch, classes"] = () => new DiceLoss(smooth: 0.1, classes: ClassSelection.WithoutBackground, ignoreIndex: Scene.Ignore),
        ["LogDice, large ε"] = () => new LogDiceLoss(epsilon: 0.6, ignoreIndex: Scene.Ignore),
        ["λ = 0"] = () => new CompoundLoss("CE", new CrossEntropyLoss(), [new(0, new RegionSizeL1Loss()), new(2, new GeneralizedDiceLoss())], ignoreIndex: Scene.Ignore),
        ["weights that are 0"] = () => new CrossEntropyLoss(zeros(3), ignoreIndex: Scene.Ignore),
    };

    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.NamesAndModes;

    public static TheoryData<string> Options => [.. ((IEnumerable<object[]>)OptionTable.Names).Select(row => (string)row[0]), .. More.Keys];

    public static TheoryData<SegmentationMode> Modes => [.. Enum.GetValues<SegmentationMode>()];

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void EveryLoss_IsThatOfTheTensors(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        CompareAll(loss, mode);
        Scenes.Any(mode, withIgnored: true).Sample(scene => Compare(loss, scene, ScalarType.Float64, 1, name), iter: 10);
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void EveryOption_IsThatOfTheTensors(string name)
    {
        using var loss = More.TryGetValue(name, out var build) ? build() : OptionTable.Get(name).Build(Reduction.Mean);
        CompareAll(loss, loss.Mode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(10)]
    public void Schedules_AreReadInTheirEpoch(int epoch)
    {
        using var loss = Scheduled();
        loss.Epoch = epoch;
        CompareAll(loss, SegmentationMode.Multiclass);
    }

    /// <summary>3·L² + L·mean(z²), and an upstream gradient that is not 1.</summary>
    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void WithinALargerFormula_IsThatOfTheTensors(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var scene = Scenes.Usual(mode, seed: 4, ignored: 0.2);
        foreach (var dtype in Types)
        {
            Compare(loss, scene, dtype, -2.5, name, (value, logits) => (3 * value.square()) + (value * logits.square().mean()));
        }
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void GradientOfAGradient_IsThatOfTheTensors(string name, SegmentationMode mode)
    {
        using var forced = RegionPrimitive.Force(RegionImplementation.Fused);
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var scene = Scenes.Usual(mode, seed: 3, ignored: 0.2);
        double[] Penalty(Func<Tensor, Tensor, Tensor> evaluate)
        {
            using var scope = NewDisposeScope();
            var leaf = scene.LogitsTensor().requires_grad_(true);
            var gradient = autograd.grad([evaluate(leaf, scene.TargetTensor())], [leaf], retain_graph: true, create_graph: true)[0];
            gradient.square().sum().backward();
            return Evaluation.Numbers(leaf.grad!);
        }

        Penalty(loss.call).ShouldMatch(Penalty((logits, target) => loss.Breakdown(logits, target).Total), name);
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

    [Theory]
    [MemberData(nameof(Modes))]
    public void SecondBackward_AddsTheGradientAgain(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("LogDiceCE", mode, Scene.Ignore);
        var scene = Scenes.Usual(mode, ignored: 0.2);
        var leaf = scene.LogitsTensor().requires_grad_(true);
        var value = loss.call(leaf, scene.TargetTensor());
        value.backward(retain_graph: true);
        var once = Evaluation.Numbers(leaf.grad!);
        value.backward();
        Evaluation.Numbers(leaf.grad!).Should().Equal(once.Select(g => 2 * g));
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
            foreach (var scene in Special(SegmentationMode.Multiclass))
            {
                var (_, direct) = Run(scene, ScalarType.Float32, (logits, target) => loss.call(logits, target) * upstream);
                var (_, expected) = Run(scene, ScalarType.Float32, (logits, target) => loss.Breakdown(logits, target).Total * upstream);
                direct.Select(double.IsFinite).Should().Equal(expected.Select(double.IsFinite), name);
            }
        }
    }

    [Fact]
    public void OtherwiseEvaluatedLosses_AreMadeOfTensors()
    {
        using var scope = NewDisposeScope();
        using var forced = RegionPrimitive.Force(RegionImplementation.Fused);
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        IsDirect(new CompoundLoss("mine", new CrossEntropyLoss(), [new(1, new OwnLoss())]), scene).Should().BeFalse("a loss of the user's own has no plain form");
        IsDirect(new OwnLoss(), scene).Should().BeFalse();
        IsDirect(new CompoundLoss("focal", new FocalLoss(1), [new(1, new FocalLoss(2))]), scene).Should().BeFalse("two focal sums take two passes");
        IsDirect(LossTable.Create("RCE(L1)", reduction: Reduction.Sum), scene).Should().BeFalse();
        IsDirect(LossTable.Create("RCE(L1)", reduction: Reduction.None), scene).Should().BeFalse();
        IsDirect(LossTable.Create("RCE(L1)"), scene with { Shape = [0, 3, 4, 5], Logits = [], Labels = [] }).Should().BeFalse("there is nothing to read");
        using var composed = RegionPrimitive.Force(RegionImplementation.Composed);
        IsDirect(LossTable.Create("RCE(L1)"), scene).Should().BeFalse();
    }

    [Fact]
    public void WrongOptions_AreErrorsAsOnTensors()
    {
        using var scope = NewDisposeScope();
        using var forced = RegionPrimitive.Force(RegionImplementation.Fused);
        var (scene, binary) = (Scenes.Usual(SegmentationMode.Multiclass), Scenes.Usual(SegmentationMode.Binary));
        Refuses(new CrossEntropyLoss(ones(2)), scene, "*weight has 2 entries*");
        Refuses(new DiceLoss(classes: ClassSelection.Of(3)), scene, "*class 3 is selected*");
        Refuses(new DiceLoss(classes: ClassSelection.WithoutBackground, mode: SegmentationMode.Binary), binary, "*at least 2 channels*");
        Refuses(new CompoundLoss("smooth", new FocalLoss(2, FocalForm.Softmax, 0.1), [], SegmentationMode.Binary), binary, "*smoothing*");

        static void Refuses(SegmentationLoss loss, Scene scene, string message)
        {
            Given.Call(loss, scene.LogitsTensor(), scene.TargetTensor()).Should().Throw<ArgumentException>().WithMessage(message);
            FluentActions.Invoking(() => loss.Breakdown(scene.LogitsTensor(), scene.TargetTensor())).Should().Throw<ArgumentException>().WithMessage(message);
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

    private static void CompareAll(SegmentationLoss loss, SegmentationMode mode)
    {
        foreach (var (scene, index) in Special(mode).Select((scene, index) => (scene, index)))
        {
            foreach (var dtype in Types)
            {
                Compare(loss, scene, dtype, 1, $"{loss.Name}, scene {index}");
            }
        }
    }

    private static void Compare(SegmentationLoss loss, Scene scene, ScalarType dtype, double upstream, string because, Func<Tensor, Tensor, Tensor>? around = null)
    {
        using var forced = RegionPrimitive.Force(RegionImplementation.Fused);
        around ??= (value, _) => value;
        IsDirect(loss, scene).Should().BeTrue($"{because} is to be evaluated in plain numbers");
        var (value, gradient) = Run(scene, dtype, (logits, target) => around(loss.call(logits, target), logits) * upstream);
        var (expected, expectedGradient) = Run(scene, dtype, (logits, target) => around(loss.Breakdown(logits, target).Total, logits) * upstream);
        value.ShouldBeClose(expected, Tolerance.Statistic(dtype), because);
        gradient.ShouldBeCloseToLargest(expectedGradient, Tolerance.StoredGradient(dtype), because, floor: 1e-3);
    }

    private static (double Value, double[] Gradient) Run(Scene scene, ScalarType dtype, Func<Tensor, Tensor, Tensor> evaluate)
    {
        using var scope = NewDisposeScope();
        var leaf = scene.LogitsTensor(dtype).requires_grad_(true);
        var value = evaluate(leaf, scene.TargetTensor());
        value.dtype.Should().Be(dtype);
        value.backward();
        return (Evaluation.Numbers(value).Single(), Evaluation.Numbers(leaf.grad!));
    }

    private static bool IsDirect(SegmentationLoss loss, Scene scene)
    {
        using var scope = NewDisposeScope();
        return loss.Direct(SegmentationInput.Check(scene.LogitsTensor(), scene.TargetTensor(), scene.Mode, Scene.Ignore)) is not null;
    }

    private static CompoundLoss Scheduled() => new(
        "scheduled",
        new CrossEntropyLoss(),
        [new(Schedule.Step(0.1, 2, every: 3), new RegionSizeKlLoss(Schedule.Linear(10, 1, 10))), new(Schedule.Linear(0, 1, 10), new DiceLoss())],
        ignoreIndex: Scene.Ignore);

    private sealed class OwnLoss() : RegionLoss("Own")
    {
        protected override IReadOnlyList<RegionStatistic> Statistics => [RegionStatistic.Overlap];

        protected override Tensor Evaluate(RegionStatistics regions) => regions.Overlap.sum(1);
    }
}
