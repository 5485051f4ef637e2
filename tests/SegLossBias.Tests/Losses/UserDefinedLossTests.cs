using SegLossBias.Tests.Contract;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Losses;

/// <summary>A loss of the user's own is a formula on the statistics, and everything else comes with it.</summary>
public class UserDefinedLossTests
{
    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void Alone_GivesTheFormulaOfItsDocumentation(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new SquaredSize()) { Mode = mode, IgnoreIndex = Scene.Ignore };
        var scene = Scenes.Usual(mode, ignored: 0.2);
        var valid = scene.TargetTensor().ne(Scene.Ignore).to(ScalarType.Float64);
        var leaf = scene.LogitsTensor().requires_grad_(true);
        valid = mode == SegmentationMode.Multilabel ? valid : valid.unsqueeze(1);
        var truth = mode == SegmentationMode.Multiclass
            ? stack([.. Enumerable.Range(0, 3).Select(k => scene.TargetTensor().eq(k))], 1)
            : scene.TargetTensor().eq(1).view(scene.Shape);
        var p = mode == SegmentationMode.Multiclass ? leaf.softmax(1) : leaf.sigmoid();
        var gap = p.sub(truth.to(ScalarType.Float64)).mul(valid).sum([2L, 3L]).div(valid.sum([2L, 3L]));
        var expected = gap.square().sum(1).mean();
        expected.backward();

        var (value, gradient) = scene.Evaluate(loss);
        value.ShouldBeClose(expected.item<double>(), Tolerance.Identity);
        gradient.ShouldBeClose(Evaluation.Numbers(leaf.grad!), Tolerance.Identity);
    }

    [Fact]
    public void AsATerm_AddsItsWeightedValue()
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        using var ce = new SegmentationLoss(new CrossEntropy());
        using var own = new SegmentationLoss(new SquaredSize());
        using var compound = new SegmentationLoss(new CrossEntropy() + (0.3 * new SquaredSize()));
        compound.Name.Should().Be("CE + 0.3·SquaredSize");
        scene.Evaluate(compound).Value.ShouldBeClose(scene.Evaluate(ce).Value + (0.3 * scene.Evaluate(own).Value), Tolerance.Identity);
    }

    /// <summary>A score of overlap of one's own has all settings of the library's: F₂ is Tversky with α = 1/5 and β = 4/5.</summary>
    [Theory]
    [InlineData(DiceForm.Plain, OverlapLink.Linear)]
    [InlineData(DiceForm.Squared, OverlapLink.Log)]
    public void ScoreOfOverlap_HasTheSettingsOfDice(DiceForm form, OverlapLink link)
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass, ignored: 0.2);
        using var own = new SegmentationLoss(new FScore { Form = form, Link = link, Weight = [1, 2, 3], Pooling = Pooling.Image, Smoothing = 5 }) { IgnoreIndex = Scene.Ignore };
        using var tversky = new SegmentationLoss(new Tversky { Alpha = 0.2, Beta = 0.8, Form = form, Link = link, Weight = [1, 2, 3], Pooling = Pooling.Image, Smoothing = 1 }) { IgnoreIndex = Scene.Ignore };
        var (value, gradient) = scene.Evaluate(own);
        var (same, sameGradient) = scene.Evaluate(tversky);
        value.ShouldBeClose(same, Tolerance.Identity);
        gradient.ShouldBeClose(sameGradient, Tolerance.Identity);
    }

    [Fact]
    public void ImageWithoutValidPixels_CountsZeroWhateverTheFormulaSays()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        var target = scene.TargetTensor();
        target[1] = tensor(Scene.Ignore);
        foreach (var (formula, expected) in ((Func<Regions, Formula>, double)[])
            [(r => (0 * r.All.Overlap).Sum(Axis.Classes) + 3, 3), (r => (Formula.Log(r.All.Overlap) / Formula.Log(r.All.Overlap)).Mean(Axis.Classes), 1)])
        {
            using var loss = new SegmentationLoss(new FormulaTerm(formula)) { IgnoreIndex = Scene.Ignore, Reduction = Reduction.None };
            var (values, gradient) = Evaluation.Run(loss, scene.LogitsTensor(), target);
            values.ShouldMatch([expected, 0]);
            gradient.Should().OnlyContain(entry => double.IsFinite(entry));
            gradient.Skip(gradient.Length / 2).Should().OnlyContain(entry => entry == 0);
        }
    }

    [Fact]
    public void BackgroundOfExclusiveClasses_IsRefused()
    {
        using var loss = new SegmentationLoss(new FormulaTerm(regions => regions.Background.Overlap.Sum(Axis.Classes)));
        FluentActions.Invoking(() => Scenes.Usual(SegmentationMode.Multiclass).Evaluate(loss)).Should().Throw<InvalidOperationException>().WithMessage("In multiclass mode the background*");
    }

    [Fact]
    public void ValuePerRegion_IsRefused()
    {
        using var loss = new SegmentationLoss(new FormulaTerm(regions => 2 * regions.All.Overlap));
        FluentActions.Invoking(() => Scenes.Usual(SegmentationMode.Multiclass).Evaluate(loss)).Should().Throw<ArgumentException>()
            .WithMessage("a loss has one value for each image or for the batch, but 2·I has one for each of 3 regions; add .Sum(Axis.Classes)*");
    }

    [Fact]
    public void RegionsThatDiffer_AreRefused()
    {
        using var loss = new SegmentationLoss(new FormulaTerm(regions => (regions.Foreground.TargetSize + regions.OneVsRest.TargetSize).Sum(Axis.Classes)));
        FluentActions.Invoking(() => Scenes.Usual(SegmentationMode.Multiclass).Evaluate(loss)).Should().Throw<ArgumentException>()
            .WithMessage("the operands of a formula must have the same regions, but T has 3 and T has 6*");
    }

    [Fact]
    public void WeightOfPooledImages_IsRefused()
    {
        using var loss = new SegmentationLoss(new WeightedTermOfBatch());
        FluentActions.Invoking(() => Scenes.Usual(SegmentationMode.Multiclass).Evaluate(loss)).Should().Throw<ArgumentException>()
            .WithMessage("a weighted mean needs values and weights of each image, but Σ_n Σ_k I is one number for the batch; leave the weight out.*");
    }

    [Fact]
    public void PooledValue_WithReductionNone_IsRefused()
    {
        using var loss = new SegmentationLoss(new FormulaTerm(regions => regions.All.Overlap.Sum(Axis.Classes).Mean(Axis.Images))) { Reduction = Reduction.None };
        FluentActions.Invoking(() => Scenes.Usual(SegmentationMode.Multiclass).Evaluate(loss)).Should().Throw<InvalidOperationException>().WithMessage("Formula pools the images of a batch*");
    }

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

    private sealed class PixelMean(Func<Tensor, Tensor> function) : PixelTerm("PixelMean")
    {
        protected override Tensor Evaluate(Pixels pixels) => function(pixels.NegativeLogLikelihood.mean());
    }

    [Fact]
    public void NoFormula_IsRefused()
    {
        using var loss = new SegmentationLoss(new FormulaTerm(_ => null!));
        FluentActions.Invoking(() => Scenes.Usual(SegmentationMode.Multiclass).Evaluate(loss)).Should().Throw<ArgumentNullException>();
        using var none = new SegmentationLoss(new NothingTerm());
        FluentActions.Invoking(() => Scenes.Usual(SegmentationMode.Multiclass).Evaluate(none)).Should().Throw<InvalidOperationException>().WithMessage("Define of Nothing must return a formula*");
    }

    [Fact]
    public void Error_InTheFormula_LeavesNoHandle()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        using var loss = new SegmentationLoss(new FormulaTerm(_ => throw new NotSupportedException("mine")));
        var (logits, target) = (scene.LogitsTensor(), scene.TargetTensor());
        var before = LiveHandles.Count;
        FluentActions.Invoking(() => loss.call(logits, target)).Should().Throw<NotSupportedException>().WithMessage("mine");
        (LiveHandles.Count - before).Should().Be(0);
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

    /// <summary>A formula belongs to the channels that it was made for.</summary>
    [Fact]
    public void FormulaKeptForOtherChannels_IsRefused()
    {
        Formula? kept = null;
        using var loss = new SegmentationLoss(new FormulaTerm(regions => kept ??= regions.All.PredictedSize().Sum(Axis.Classes))) { Mode = SegmentationMode.Multilabel };
        _ = Scenes.Fixed(SegmentationMode.Multilabel, [2, 2, 5]).Evaluate(loss);
        FluentActions.Invoking(() => Scenes.Fixed(SegmentationMode.Multilabel, [2, 4, 5]).Evaluate(loss)).Should().Throw<InvalidOperationException>()
            .WithMessage("P is read from Multilabel logits with 2 channels, but these are Multilabel with 4; do not keep formulas between calls of Define.");
    }

    [Fact]
    public void SumOverImages_OfWhatIsPooled_IsRefused()
    {
        using var loss = new SegmentationLoss(new FormulaTerm(regions => regions.All.Pooled(Pooling.Batch).Overlap.Sum(Axis.Images).Sum(Axis.Classes)));
        FluentActions.Invoking(() => Scenes.Usual(SegmentationMode.Multiclass).Evaluate(loss)).Should().Throw<InvalidOperationException>().WithMessage("a sum over the images needs a value for each of them, but Σ_n I has one for the batch*");
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

    /// <summary>Weights of 1 and no weights are the same in every formula.</summary>
    [Fact]
    public void NoWeights_AreOnes()
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        double Value(ClassWeights? weight)
        {
            using var loss = new SegmentationLoss(new FormulaTerm(regions =>
                (regions.All.Weights(weight) * regions.All.Overlap).Sum(Axis.Classes) / regions.All.Weights(weight).Sum(Axis.Classes)));
            return scene.Evaluate(loss).Value;
        }

        Value(null).Should().Be(Value([1, 1, 1]));
    }

    /// <summary>A term whose fields cannot change is asked for its formula once, any other one at each call.</summary>
    [Fact]
    public void Definition_IsKeptOnlyWhereNothingCanChange()
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        var changing = new Changing { Factor = 1 };
        using var loss = new SegmentationLoss(changing);
        var value = scene.Evaluate(loss).Value;
        changing.Factor = 5;
        scene.Evaluate(loss).Value.ShouldBeClose(5 * value, Tolerance.Identity);
        (changing.IsFixed, new Fixed { Factor = 2 }.IsFixed, new SquaredSize().IsFixed, new Dice().IsFixed, new FormulaTerm(_ => 1).IsFixed).Should().Be((false, true, true, true, false));
    }

    /// <summary>Pixel terms share what they read; what one of them disposes the others still have.</summary>
    [Fact]
    public void PixelTerms_DoNotDisposeWhatOthersRead()
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass, ignored: 0.2);
        using var topK = new SegmentationLoss(new TopKCrossEntropy()) { IgnoreIndex = Scene.Ignore };
        using var both = new SegmentationLoss(new MeanOfPixels() + new TopKCrossEntropy() + new MeanOfPixels()) { IgnoreIndex = Scene.Ignore };
        var mean = scene.Labels.Length / (double)scene.Labels.Count(label => label != Scene.Ignore);
        using var ce = new SegmentationLoss(new CrossEntropy()) { IgnoreIndex = Scene.Ignore };
        scene.Evaluate(both).Value.ShouldBeClose(scene.Evaluate(topK).Value + (2 * scene.Evaluate(ce).Value / mean), Tolerance.Identity);
    }

    /// <summary>0 · ∞ would be NaN.</summary>
    [Fact]
    public void PixelTermWithLambda0_IsLeftOut_ButConnectedWhereItIsAlone()
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        using var entropy = new SegmentationLoss(new CrossEntropy());
        using var sum = new SegmentationLoss(new CrossEntropy() + (0 * new Infinite()));
        var (value, gradient) = scene.Evaluate(sum);
        value.Should().Be(scene.Evaluate(entropy).Value);
        gradient.Should().Equal(scene.Evaluate(entropy).Gradient);

        using var alone = new SegmentationLoss(0 * new MeanOfPixels());
        var (zero, none) = scene.Evaluate(alone);
        zero.Should().Be(0);
        none.Should().OnlyContain(slope => slope == 0);
    }

    [Theory]
    [InlineData(0.7, 90, 63)]
    [InlineData(0.29, 100, 29)]
    [InlineData(0.1, 99, 9)]
    public void TopK_TakesTheShareThatIsMeant(double ratio, int pixels, int count)
    {
        // Losses of 1 to n: the mean of the largest says how many were taken.
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new TopKCrossEntropy { Ratio = ratio });
        var wanted = Enumerable.Range(1, pixels).Select(i => (double)i).ToArray();
        var margin = tensor([.. wanted.Select(nll => -Math.Log(Math.Exp(nll) - 1))], [1, 1, pixels], ScalarType.Float64);
        using var value = loss.call(cat([margin, zeros_like(margin)], 1), zeros([1, pixels], ScalarType.Int64));
        value.ToDouble().Should().BeApproximately(wanted[^count..].Average(), 1e-9);
    }

    [Fact]
    public void PixelTermOfIntegers_IsRefused()
    {
        using var loss = new SegmentationLoss(new CountOfPixels());
        FluentActions.Invoking(() => Scenes.Usual(SegmentationMode.Multiclass).Evaluate(loss)).Should().Throw<InvalidOperationException>()
            .WithMessage("Evaluate of Count must return float32 or float64 numbers, but its result is Int64*");
    }

    private sealed class Changing() : RegionTerm("Changing")
    {
        public double Factor { get; set; }

        protected override LossFormula Define(Regions regions) => (Factor * regions.All.Overlap).Sum(Axis.Classes);
    }

    private sealed class Fixed() : RegionTerm("Fixed")
    {
        public double Factor { get; init; }

        protected override LossFormula Define(Regions regions) => (Factor * regions.All.Overlap).Sum(Axis.Classes);
    }

    private sealed class Infinite() : PixelTerm("Infinite")
    {
        protected override Tensor Evaluate(Pixels pixels) => pixels.NegativeLogLikelihood.sum(1).div(zeros([], ScalarType.Float64));
    }

    private sealed class MeanOfPixels() : PixelTerm("Mean")
    {
        protected override Tensor Evaluate(Pixels pixels)
        {
            using var scope = NewDisposeScope();
            using var losses = pixels.NegativeLogLikelihood;
            using var isValid = pixels.IsValid;
            return losses.mean().MoveToOuterDisposeScope();
        }
    }

    private sealed class CountOfPixels() : PixelTerm("Count")
    {
        protected override Tensor Evaluate(Pixels pixels) => pixels.IsValid.sum();
    }

    private sealed class SquaredSize() : RegionTerm("SquaredSize")
    {
        protected override LossFormula Define(Regions regions)
        {
            var gap = regions.All.PredictedProportion() - regions.All.TargetProportion();
            return (gap * gap).Sum(Axis.Classes) / Halves(regions);
        }

        /// <summary>Channels of their own have two gaps of one size.</summary>
        private static double Halves(Regions regions) => regions.Mode == SegmentationMode.Multiclass ? 1 : 2;
    }

    private sealed class FScore() : OverlapTerm("F2")
    {
        protected override (Formula Hit, Formula Total) Parts(Formula overlap, Formula predicted, Formula target) => (5 * overlap, predicted + (4 * target));
    }

    private sealed class FormulaTerm(Func<Regions, Formula> formula) : RegionTerm("Formula")
    {
        protected override LossFormula Define(Regions regions) => formula(regions);
    }

    private sealed class NothingTerm() : RegionTerm("Nothing")
    {
        protected override LossFormula Define(Regions regions) => null!;
    }

    private sealed class WeightedTermOfBatch() : RegionTerm("Weighted")
    {
        protected override LossFormula Define(Regions regions) => new(regions.All.Overlap.Sum(Axis.Classes).Sum(Axis.Images), regions.ValidSizeOfImage);
    }
}
