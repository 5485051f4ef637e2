namespace SegLossBias.Tests.Losses;

/// <summary>A term follows the mode of its compound, and the paper's ε = 0 stays finite where its formula is.</summary>
public class TermOptionTests
{
    [Theory]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void SoftmaxFocalTerm_CountsTheBackgroundInASigmoidCompound(SegmentationMode mode)
    {
        using var compound = new CompoundLoss("F+L1", new FocalLoss(form: FocalForm.Softmax), [new(0, new RegionSizeL1Loss())], mode);
        using var alone = new FocalLoss(mode: mode);
        var scene = Scenes.Usual(mode);
        var (value, gradient) = scene.Evaluate(compound);
        var (expected, expectedGradient) = scene.Evaluate(alone);
        value.ShouldBeClose(expected, Tolerance.Identity);
        gradient.ShouldBeClose(expectedGradient, Tolerance.Identity);
    }

    [Fact]
    public void SmoothedFocalTerm_IsRefusedInASigmoidCompound()
    {
        using var compound = new CompoundLoss("F+L1", new FocalLoss(form: FocalForm.Softmax, smoothing: 1e-5), [new(1, new RegionSizeL1Loss())], SegmentationMode.Binary);
        var act = () => Scenes.Usual(SegmentationMode.Binary).Evaluate(compound);
        act.Should().Throw<ArgumentException>().WithMessage("the smoothing of a focal sum belongs to multiclass mode*");
    }

    [Fact]
    public void KlWithoutEpsilon_IsFiniteForAnAbsentClassThatIsNotPredicted()
    {
        // Class 2 is absent, and its probability underflows to 0.
        using var scope = NewDisposeScope();
        using var loss = new RegionSizeKlLoss(10, epsilon: 0);
        var (value, gradient) = Evaluation.Scalar(loss, tensor(new double[] { 1, 0, 0, 1, -9e3, -9e3 }, [1, 3, 2]), tensor(new long[] { 0, 1 }, [1, 2]));
        value.ShouldBeClose(0, Tolerance.Identity);
        gradient.Should().OnlyContain(entry => double.IsFinite(entry));
    }

    [Fact]
    public void ScalarOfAUser_IsNoValuePerImage()
    {
        using var loss = new MeanSize(Reduction.None);
        var act = () => Scenes.Usual(SegmentationMode.Multiclass).Evaluate(loss);
        act.Should().Throw<InvalidOperationException>().WithMessage("*override IsDefinedPerImage*");
    }

    [Fact]
    public void NegativeOrInfiniteWeight_IsRefusedWhenTheLossIsBuilt()
    {
        foreach (var lambda in new[] { -1, double.NaN, double.PositiveInfinity })
        {
            FluentActions.Invoking(() => new RceL1Loss(lambda: lambda)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("a weight λ or temperature τ must be finite*");
        }
    }

    private sealed class MeanSize(Reduction reduction) : RegionLoss("MeanSize", reduction: reduction)
    {
        protected override IReadOnlyList<RegionStatistic> Statistics => [RegionStatistic.PredictedSize()];

        protected override Tensor Evaluate(RegionStatistics regions) => regions.PredictedSize().mean();
    }
}
