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

    private sealed class FScore() : OverlapTerm("F2")
    {
        protected override (Formula Hit, Formula Total) Parts(Formula overlap, Formula predicted, Formula target) => (5 * overlap, predicted + (4 * target));
    }
}
