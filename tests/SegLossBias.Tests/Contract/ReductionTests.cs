using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Contract;

/// <summary>Mean, Sum and None, and where None is not defined.</summary>
public class ReductionTests
{
    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.NamesAndModes;

    public static TheoryData<string, SegmentationMode> PerImage => LossTable.Where(row => !row.IsPooled);

    public static TheoryData<string, SegmentationMode> Pooled => LossTable.Where(row => row.IsPooled);

    [Theory]
    [MemberData(nameof(Pooled))]
    public void None_OfALossThatPoolsImages_IsRefused(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var pooled = LossTable.Create(name, mode, reduction: Reduction.None);
        var (logits, target) = Given.Inputs(mode, ScalarType.Float64);
        FluentActions.Invoking(() => pooled.call(logits, target)).Should().Throw<InvalidOperationException>().WithMessage("*pools the images*Reduction.None*use Reduction.Mean*");
    }

    [Theory]
    [MemberData(nameof(PerImage))]
    public void None_GivesTheValueOfEachImage(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var (logits, target) = Given.Inputs(mode, ScalarType.Float64);

        // Both images have the same region sizes, so that class weights from the batch are those of the image.
        target[1] = target[0].flip(-1);
        using var none = LossTable.Create(name, mode, reduction: Reduction.None);
        using var mean = LossTable.Create(name, mode);
        var (values, gradient) = Evaluation.Run(none, logits, target);
        values.Should().HaveCount(2);
        var half = gradient.Length / 2;
        for (var n = 0; n < 2; n++)
        {
            var (value, ofImage) = Evaluation.Scalar(mean, logits.narrow(0, n, 1), target.narrow(0, n, 1));
            values[n].ShouldBeClose(value, Tolerance.Identity, $"image {n}");
            gradient[(n * half)..((n + 1) * half)].ShouldBeClose(ofImage, Tolerance.Identity, $"image {n}");
        }

        // Equal normalisers: the mean is then the mean of the images for every loss.
        Evaluation.Scalar(mean, logits, target).Value.ShouldBeClose(values.Average(), Tolerance.Identity);
    }

    [Theory]
    [MemberData(nameof(PerImage))]
    public void None_WithoutValidPixels_IsZeroForThatImage(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var none = LossTable.Create(name, mode, Scene.Ignore, Reduction.None);
        var (logits, target) = Given.Inputs(mode, ScalarType.Float64);
        var (alone, _) = Evaluation.Run(none, logits[1].unsqueeze(0), target[1].unsqueeze(0));
        target[0] = tensor(Scene.Ignore);
        var (values, gradient) = Evaluation.Run(none, logits, target);
        values.Should().HaveCount(2);
        values[0].Should().Be(0);
        values[1].ShouldBeClose(alone[0], Tolerance.Identity);
        gradient.Should().StartWith(new double[gradient.Length / 2]);

        none.call(logits.narrow(0, 0, 0), target.narrow(0, 0, 0)).shape.Should().Equal(0);
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void Sum_OfOneImage_IsAMultipleOfItsMean(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var sum = LossTable.Create(name, mode, reduction: Reduction.Sum);
        var (logits, target) = Given.Inputs(mode, ScalarType.Float64);
        using var terms = sum.Breakdown(logits[0].unsqueeze(0), target[0].unsqueeze(0));
        using var mean = LossTable.Create(name, mode);
        using var expected = mean.Breakdown(logits[0].unsqueeze(0), target[0].unsqueeze(0));
        foreach (var (numerator, index) in LossTable.Get(name).Numerators.Select((numerator, index) => (numerator, index)))
        {
            // The numerator of a mean: Σ over pixels for cross-entropy and focal, over classes where each has weights that add up to 1.
            var factor = numerator switch
            {
                Numerator.Pixel => mode == SegmentationMode.Multilabel ? 60 : 20,
                Numerator.Class => mode switch { SegmentationMode.Multiclass => 3, SegmentationMode.Binary => 2, _ => 6 },
                _ => 1,
            };
            terms.Parts[index].Raw.item<double>().ShouldBeClose(factor * expected.Parts[index].Raw.item<double>(), Tolerance.Identity, terms.Parts[index].Name);
        }

        terms.Parts.Should().HaveCount(LossTable.Get(name).Numerators.Length);
    }
}
