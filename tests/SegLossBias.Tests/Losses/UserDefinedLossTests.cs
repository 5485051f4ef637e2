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
        using var loss = new SquaredSizeLoss(mode, Scene.Ignore);
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
        using var ce = new CrossEntropyLoss();
        using var own = new SquaredSizeLoss();
        using var compound = new CompoundLoss("mine", new CrossEntropyLoss(), [new(0.3, new SquaredSizeLoss())]);
        scene.Evaluate(compound).Value.ShouldBeClose(scene.Evaluate(ce).Value + (0.3 * scene.Evaluate(own).Value), Tolerance.Identity);

        using var asMatching = new CompoundLoss("mine", new SquaredSizeLoss(), []);
        scene.Evaluate(asMatching).Value.Should().Be(scene.Evaluate(own).Value);
    }

    [Fact]
    public void ImageWithoutValidPixels_CountsZeroWhateverTheFormulaSays()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        var target = scene.TargetTensor();
        target[1] = tensor(Scene.Ignore);
        using var loss = new CompoundLoss(
            "mine", new FormulaLoss([RegionStatistic.Overlap], regions => regions.Overlap.sum(1).mul(0).add(3)), [], ignoreIndex: Scene.Ignore, reduction: Reduction.None);
        Evaluation.Run(loss, scene.LogitsTensor(), target).Values.Should().Equal(3, 0);
    }

    [Fact]
    public void StatisticThatIsNotListed_IsRefused()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        using var loss = new FormulaLoss([RegionStatistic.PredictedSize(10)], regions => regions.PredictedSize().sum(1));
        FluentActions.Invoking(() => scene.Evaluate(loss)).Should().Throw<InvalidOperationException>()
            .WithMessage("*only the statistics it lists, but PredictedSize(1) is not among them; add it to the loss's Statistics*");
        using var unlisted = new FormulaLoss([], regions => regions.Overlap.sum(1));
        FluentActions.Invoking(() => scene.Evaluate(unlisted)).Should().Throw<InvalidOperationException>().WithMessage("*Overlap*");
        using var background = new FormulaLoss([RegionStatistic.Overlap], regions => regions.Background.Overlap.sum(1));
        FluentActions.Invoking(() => scene.Evaluate(background)).Should().Throw<InvalidOperationException>().WithMessage("In multiclass mode the background*");
    }

    [Fact]
    public void ResultOfAnotherShape_IsRefused()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        foreach (var (shape, formula) in ((string, Func<RegionStatistics, Tensor>)[])[("[2, 3]", regions => regions.Overlap), ("[3]", regions => regions.Overlap.sum(0L)), ("[2, 1]", regions => regions.Overlap.sum(1, keepdim: true))])
        {
            using var loss = new FormulaLoss([RegionStatistic.Overlap], formula);
            FluentActions.Invoking(() => scene.Evaluate(loss)).Should().Throw<InvalidOperationException>()
                .WithMessage($"Evaluate of Formula must return one value for each of the 2 images or a scalar, but its result has shape {shape}; reduce over the classes*");
        }
    }

    [Fact]
    public void Error_InTheFormula_LeavesNoHandle()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        using var loss = new FormulaLoss([RegionStatistic.Overlap], regions => regions.Overlap.mul(2).numel() > 0 ? throw new NotSupportedException("mine") : regions.Overlap);
        var (logits, target) = (scene.LogitsTensor(), scene.TargetTensor());
        var before = LiveHandles.Count;
        FluentActions.Invoking(() => loss.call(logits, target)).Should().Throw<NotSupportedException>().WithMessage("mine");
        (LiveHandles.Count - before).Should().Be(0);
    }

    private sealed class SquaredSizeLoss(SegmentationMode mode = SegmentationMode.Multiclass, long? ignoreIndex = null)
        : RegionLoss("SquaredSize", mode, ignoreIndex)
    {
        protected override IReadOnlyList<RegionStatistic> Statistics => [RegionStatistic.PredictedSize()];

        protected override Tensor Evaluate(RegionStatistics regions) =>
            (regions.PredictedProportion() - regions.TargetProportion()).square().sum(1);
    }

    private sealed class FormulaLoss(RegionStatistic[] statistics, Func<RegionStatistics, Tensor> formula) : RegionLoss("Formula")
    {
        protected override IReadOnlyList<RegionStatistic> Statistics => statistics;

        protected override Tensor Evaluate(RegionStatistics regions) => formula(regions);
    }
}
