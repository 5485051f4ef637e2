using SegLossBias.Tests.Contract;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Losses;

/// <summary>Formulas that are none are refused, with the reason.</summary>
public class UserFormulaErrorTests
{
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

    [Fact]
    public void SumOverImages_OfWhatIsPooled_IsRefused()
    {
        using var loss = new SegmentationLoss(new FormulaTerm(regions => regions.All.Pooled(Pooling.Batch).Overlap.Sum(Axis.Images).Sum(Axis.Classes)));
        FluentActions.Invoking(() => Scenes.Usual(SegmentationMode.Multiclass).Evaluate(loss)).Should().Throw<InvalidOperationException>().WithMessage("a sum over the images needs a value for each of them, but Σ_n I has one for the batch*");
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

    private sealed class NothingTerm() : RegionTerm("Nothing")
    {
        protected override LossFormula Define(Regions regions) => null!;
    }

    private sealed class WeightedTermOfBatch() : RegionTerm("Weighted")
    {
        protected override LossFormula Define(Regions regions) => new(regions.All.Overlap.Sum(Axis.Classes).Sum(Axis.Images), regions.ValidSizeOfImage);
    }
}
