using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Contract;

/// <summary>Mean, Sum and None, and where None is not defined.</summary>
public class ReductionTests
{
    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.NamesAndModes;

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void None_GivesTheValueOfEachImage_OrIsRefused(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var (logits, target) = Given.Inputs(mode, ScalarType.Float64);

        // Both images have the same region sizes, so that class weights from the batch are those of the image.
        target[1] = target[0].flip(-1);
        if (LossTable.IsPooled(name))
        {
            var call = () => { using var pooled = LossTable.Create(name, mode, reduction: Reduction.None); pooled.call(logits, target); };
            call.Should().Throw<InvalidOperationException>().WithMessage("*pools the images*Reduction.None*use Reduction.Mean*");
            return;
        }

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
    [MemberData(nameof(NamesAndModes))]
    public void None_WithoutValidPixels_IsZeroForThatImage(string name, SegmentationMode mode)
    {
        if (LossTable.IsPooled(name))
        {
            return; // Refused, see above.
        }

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
        var pixels = mode == SegmentationMode.Multilabel ? 60 : 20;
        foreach (var (part, other) in terms.Parts.Zip(expected.Parts))
        {
            // Cross-entropy and focal add up pixels; weights of inverse frequency add up to the number of classes.
            var factor = name == "CE/region" ? 1 : part.Name switch
            {
                "CE" or "Focal" => pixels,
                "WCE" => mode switch { SegmentationMode.Multiclass => 3, SegmentationMode.Binary => 2, _ => 6 },
                _ => 1,
            };
            part.Raw.item<double>().ShouldBeClose(factor * other.Raw.item<double>(), Tolerance.Identity, part.Name);
        }
    }

    [Fact]
    public void Enumerations_OutsideTheirValues_AreRefused()
    {
        var reduction = () => new CrossEntropyLoss(reduction: (Reduction)17);
        var mode = () => new DiceLoss(mode: (SegmentationMode)17);
        reduction.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*17*");
        mode.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*17*");
    }
}
