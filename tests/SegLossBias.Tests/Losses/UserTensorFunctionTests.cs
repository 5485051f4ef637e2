using SegLossBias.Tests.Contract;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Losses;

/// <summary>What a user computes with tensors inside a formula or a term.</summary>
public class UserTensorFunctionTests
{
    public static TheoryData<string> UnusableResults => [.. Unusable.Keys];

    private static readonly Dictionary<string, (Func<Tensor, Tensor> Function, string Message)> Unusable = new()
    {
        ["null"] = (_ => null!, "*but it returned null*"),
        ["disposed"] = (tensor => { var gone = tensor.square(); gone.Dispose(); return gone; }, "*a live tensor, but its result has been disposed*"),
        ["integers"] = (tensor => tensor.to(ScalarType.Int64), "*float32 or float64 numbers, but its result is Int64*"),
        ["complex"] = (tensor => tensor.to(ScalarType.ComplexFloat64), "*float32 or float64 numbers, but its result is ComplexFloat64*"),
        ["sparse"] = (tensor => tensor.to_sparse(), "*dense tensor*call to_dense() first*"),
        ["on META"] = (tensor => tensor.to(META), "*a tensor on cpu, as those it is given, but its result is on meta*"),
    };

    /// <summary>What a user's function returns is checked before libtorch meets it.</summary>
    [Theory]
    [MemberData(nameof(UnusableResults))]
    public void UnusableResult_OfAFunctionOnTensors_IsRefused(string name)
    {
        using var scope = NewDisposeScope();
        var (function, message) = Unusable[name];
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        foreach (var term in (LossTerm[])[new FormulaTerm(regions => regions.All.Overlap.ByTensors("f", function).Sum(Axis.Classes)), new PixelMean(function)])
        {
            using var loss = new SegmentationLoss(term);
            var (logits, target) = (scene.LogitsTensor(), scene.TargetTensor());
            LiveHandles.LeftBy(() => FluentActions.Invoking(() => loss.call(logits, target)).Should().Throw<InvalidOperationException>().WithMessage(message)).Should().Be(0, term.Name);
        }
    }

    /// <summary>The one escape: a function of tensors, here what <see cref="Formula.Abs"/> and a square would be.</summary>
    [Fact]
    public void FunctionOfTensors_IsPartOfAFormula()
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass, ignored: 0.2);
        using var plain = new SegmentationLoss(new SquaredSize()) { IgnoreIndex = Scene.Ignore };
        using var escaped = new SegmentationLoss(new FormulaTerm(regions =>
            (regions.All.PredictedProportion() - regions.All.TargetProportion()).ByTensors("square", gap => gap.square()).Sum(Axis.Classes))) { IgnoreIndex = Scene.Ignore };
        var (value, gradient) = scene.Evaluate(plain);
        var (same, sameGradient) = scene.Evaluate(escaped);
        same.ShouldBeClose(value, Tolerance.Identity);
        sameGradient.ShouldBeClose(gradient, Tolerance.Identity);
        ((RegionTerm)escaped.Terms[0].Term).FormulaText().Should().StartWith("mean_n Σ_k square(p̂ − ŷ), p̂ = ");
    }

    [Fact]
    public void FunctionOfTensors_OfAnotherShape_IsRefused()
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        foreach (var (function, came) in ((Func<Tensor, Tensor>, string)[])[(_ => null!, "null"), (t => t.sum(1), "[2]"), (t => t.sum(), "[]"), (t => t.sum(1, keepdim: true), "[2, 1]")])
        {
            using var loss = new SegmentationLoss(new FormulaTerm(regions => regions.All.Overlap.ByTensors("mine", function).Sum(Axis.Classes)));
            FluentActions.Invoking(() => scene.Evaluate(loss)).Should().Throw<InvalidOperationException>()
                .WithMessage($"the function 'mine' of a formula must return a tensor of the shape it was given, [2, 3], but it returned {came}; *");
        }
    }

    /// <summary>There is nothing to learn, but backward works, and gives the same on both implementations.</summary>
    [Fact]
    public void FormulaWithoutPrediction_HasAZeroGradient()
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass, ignored: 0.2);
        foreach (var formula in (Func<Regions, Formula>[])[_ => 3, r => r.All.TargetProportion().Sum(Axis.Classes), r => r.All.TargetSize.ByTensors("square", size => size.square()).Sum(Axis.Classes)])
        {
            using var loss = new SegmentationLoss(new FormulaTerm(formula)) { IgnoreIndex = Scene.Ignore };
            var values = new List<double>();
            foreach (var (implementation, createsGraph) in from i in Enum.GetValues<RegionImplementation>() from c in (bool[])[false, true] select (i, c))
            {
                using var scope = NewDisposeScope();
                using var forced = RegionPrimitive.Force(implementation);
                var leaf = scene.LogitsTensor().requires_grad_(true);
                using var value = loss.call(leaf, scene.TargetTensor());
                values.Add(value.item<double>());
                var gradient = autograd.grad([value], [leaf], retain_graph: true, create_graph: createsGraph)[0];
                Evaluation.Numbers(gradient).Should().HaveCount(scene.Logits.Length).And.OnlyContain(slope => slope == 0);
            }

            values[0].Should().BePositive();
            values.Should().OnlyContain(value => Math.Abs(value - values[0]) <= Tolerance.Identity * values[0]);
        }
    }

    private sealed class PixelMean(Func<Tensor, Tensor> function) : PixelTerm("PixelMean")
    {
        protected override Tensor Evaluate(Pixels pixels) => function(pixels.NegativeLogLikelihood.mean());
    }
}
