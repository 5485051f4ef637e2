using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Contract;

/// <summary>Targets that break the contract are refused; all forms that it allows mean the same.</summary>
public class TargetTests
{
    private static readonly ScalarType[] IntegerTypes = [ScalarType.Bool, ScalarType.Byte, ScalarType.Int8, ScalarType.Int16, ScalarType.Int32];

    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.NamesAndModes;

    /// <summary>All but those that look at neighbours.</summary>
    public static TheoryData<string, SegmentationMode> PixelwiseNamesAndModes => LossTable.Where(row => !row.SeesNeighbours);

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void Shape_NotThatOfTheLogits_IsRefused(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode);
        var (logits, _) = Given.Inputs(mode);
        long[][] shapes = [[], [4, 5], [1, 4, 5], [2, 4, 4], [2, 5, 4], [2, 20], [2, 2, 4, 5], [2, 3, 4, 4], [1, 1, 4, 5], [2, 4, 5, 1]];
        shapes = mode == SegmentationMode.Multilabel ? [.. shapes, [2, 4, 5], [2, 1, 4, 5]] : shapes;
        foreach (var shape in shapes)
        {
            Given.Call(loss, logits, zeros(shape, ScalarType.Int64)).Should().Throw<ArgumentException>()
                .WithParameterName("target")
                .WithMessage($"for {mode} logits of shape [2, {Given.Channels(mode)}, 4, 5] the target must be *, but its shape is [{string.Join(", ", shape)}]*");
        }
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void NeitherIntegersNorMasks_AreRefused(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode);
        var (logits, target) = Given.Inputs(mode);
        Given.Call(loss, logits, target.to(ScalarType.ComplexFloat32)).Should().Throw<ArgumentException>()
            .WithParameterName("target")
            .WithMessage("target must hold integers, bools or floats, but it is ComplexFloat32; *");
        foreach (var dtype in (ScalarType[])[ScalarType.Float16, ScalarType.BFloat16, ScalarType.Float32, ScalarType.Float64])
        {
            Given.Call(loss, logits, target.to(dtype).add(1.5)).Should().Throw<ArgumentException>()
                .WithParameterName("target")
                .Which.Message.Should().NotContain("int64", "that would make 0 of a soft label of 0.9");
        }
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void OnAnotherDeviceOrSparse_IsRefused(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode);
        var (logits, target) = Given.Inputs(mode);
        Given.Call(loss, logits, target.to(META)).Should().Throw<ArgumentException>()
            .WithParameterName("target").WithMessage("*logits is on cpu and target on meta*target.to(logits.device)*");
        Given.Call(loss, logits, target.to_sparse()).Should().Throw<ArgumentException>()
            .WithParameterName("target").WithMessage("*to_dense()*");
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void NullOrDisposed_IsRefused(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode);
        var (logits, target) = Given.Inputs(mode);
        Given.Call(loss, logits, null!).Should().Throw<ArgumentNullException>().WithParameterName("target");
        target.Dispose();
        Given.Call(loss, logits, target).Should().Throw<ArgumentException>().WithParameterName("target").WithMessage("*disposed*");
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void EveryForm_GivesTheSame(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode);
        var (logits, target) = Given.Inputs(mode, ScalarType.Float64);
        target = target.clamp_max(1); // What a bool can say.
        var (value, gradient) = Evaluation.Scalar(loss, logits, target);
        foreach (var (form, same) in Forms(mode, target))
        {
            var (sameValue, sameGradient) = Evaluation.Scalar(loss, logits, same);
            sameValue.Should().Be(value, form);
            sameGradient.Should().Equal(gradient, form);
        }
    }

    [Theory]
    [MemberData(nameof(PixelwiseNamesAndModes))]
    public void SpatialRank_ChangesNothing(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode);
        var (logits, target) = Given.Inputs(mode, ScalarType.Float64);
        var (value, gradient) = Evaluation.Scalar(loss, logits, target);
        foreach (var space in (long[][])[[20], [2, 10], [2, 2, 5]])
        {
            var (sameValue, sameGradient) = Evaluation.Scalar(
                loss, logits.reshape([2, Given.Channels(mode), .. space]), target.reshape([.. target.shape[..^2], .. space]));
            sameValue.Should().Be(value, $"{space.Length} spatial dimensions");
            sameGradient.Should().Equal(gradient, $"{space.Length} spatial dimensions");
        }
    }

    /// <summary>The message names what differs, and advises on resizing only where sizes do.</summary>
    [Theory]
    [InlineData(SegmentationMode.Multiclass, "2,3,4,5", "3,4,5", "the batches differ, 2 and 3 images")]
    [InlineData(SegmentationMode.Multiclass, "2,3,4,5", "1,1,4,5", "the batches differ, 2 and 1 images")]
    [InlineData(SegmentationMode.Multiclass, "2,3,4,5", "2,8,10", "the spatial sizes differ, [4, 5] and [8, 10], check that image and mask were resized alike")]
    [InlineData(SegmentationMode.Multiclass, "2,3,4,5", "3,8,10", "the batches differ, 2 and 3 images, pass images and masks of the same cases and the spatial sizes differ, [4, 5] and [8, 10]")]
    [InlineData(SegmentationMode.Multiclass, "2,4,5,3", "2,4,5", "the logits look channels-last, pass logits.permute(0, 3, 1, 2)")]
    [InlineData(SegmentationMode.Multiclass, "2,6,4,5,3", "2,6,4,5", "the logits look channels-last, pass logits.permute(0, 4, 1, 2, 3)")]
    [InlineData(SegmentationMode.Multiclass, "2,4,5,3", "2,3,4,5", "the logits look channels-last, pass logits.permute(0, 3, 1, 2)")]
    [InlineData(SegmentationMode.Multiclass, "2,3,4,5", "2,4,5,3", "it looks channels-last, pass target.permute(0, 3, 1, 2)")]
    [InlineData(SegmentationMode.Binary, "2,1,4,5", "2,4,5,1", "it looks channels-last, pass target.permute(0, 3, 1, 2)")]
    [InlineData(SegmentationMode.Multiclass, "1,3,4,5", "4,5", "it has no batch axis, add one with target.unsqueeze(0)")]
    [InlineData(SegmentationMode.Multilabel, "1,3,4,5", "3,4,5", "it has no batch axis, add one with target.unsqueeze(0)")]
    [InlineData(SegmentationMode.Multilabel, "2,3,4,5", "2,4,4,5", "the channels differ, 3 and 4, pass one channel for each label")]
    [InlineData(SegmentationMode.Multiclass, "2,3,4,5", "2,4,4,5", "the channels differ, 3 and 4, pass class indices, or one channel for each class")]
    [InlineData(SegmentationMode.Binary, "2,1,4,5", "2,2,4,5", "the channels differ, 1 and 2, pass the foreground alone")]
    [InlineData(SegmentationMode.Multilabel, "2,3,4,5", "2,4,5", "give it the axes that it should have with unsqueeze")]
    [InlineData(SegmentationMode.Multiclass, "2,3,4,5", "2,20", "give it the axes that it should have with unsqueeze")]
    public void Shape_SaysWhatDiffers(SegmentationMode mode, string logits, string target, string difference)
    {
        using var scope = NewDisposeScope();
        long[] Shape(string text) => [.. text.Split(',').Select(size => long.Parse(size, System.Globalization.CultureInfo.InvariantCulture))];
        var message = FluentActions.Invoking(() => SegmentationInput.Check(zeros(Shape(logits)), zeros(Shape(target), ScalarType.Int64), mode, []))
            .Should().Throw<ArgumentException>().WithParameterName(nameof(target)).Which.Message;
        message.Should().Contain($"; {difference}");
        message.Contains("resized", StringComparison.Ordinal).Should().Be(difference.Contains("sizes", StringComparison.Ordinal));
    }

    /// <summary>In multiclass mode floats may be class indices, of which gt(0.5) would leave nothing.</summary>
    [Fact]
    public void Floats_ThatMayBeIndices_AreToldSo()
    {
        using var scope = NewDisposeScope();
        var (logits, target) = Given.Inputs(SegmentationMode.Multiclass);
        foreach (var indices in (Tensor[])[target, target.unsqueeze(1), target.clamp_max(1)])
        {
            FluentActions.Invoking(() => SegmentationInput.Of(logits, indices.to(ScalarType.Float32), SegmentationMode.Multiclass, [])).Should().Throw<ArgumentException>()
                .WithParameterName("target")
                .WithMessage("target must hold integers or bools, but it is Float32; soft labels have a channel for each class, [N, K, *], and class indices that were stored as floats must be rounded to integers first.*");
        }
    }

    /// <summary>What is kept of a one-hot target is a label map in the narrowest integers, whatever its own are.</summary>
    [Theory]
    [InlineData(2, ScalarType.Byte)]
    [InlineData(255, ScalarType.Byte)]
    [InlineData(256, ScalarType.Int16)]
    public void OneHot_BecomesANarrowLabelMap(long classes, ScalarType expected)
    {
        using var scope = NewDisposeScope();
        var logits = zeros(1, classes, 5, 7);
        var target = arange(35).mul(classes - 1).div(34, RoundingMode.floor).to(ScalarType.Int64).reshape(1, 5, 7);
        var oneHot = nn.functional.one_hot(target, classes).permute(0, 3, 1, 2);
        foreach (var dtype in (ScalarType[])[ScalarType.Int64, .. IntegerTypes])
        {
            foreach (var ignoreIndex in (long?[])[null, -100, 255, 1_000_000, 0])
            {
                var input = SegmentationInput.Check(logits, oneHot.to(dtype), SegmentationMode.Multiclass, IgnoredLabels.Of(ignoreIndex, null));
                input.Labels.dtype.Should().Be(expected);
                input.Labels.shape.Should().Equal(target.shape);
                Evaluation.Numbers(input.Labels).Should().Equal(Evaluation.Numbers(target));
                input.IgnoreIndex.Should().Be(ignoreIndex == 0 || ignoreIndex < classes && ignoreIndex > 0 ? ignoreIndex : classes, "the index of a class, or one more than the last");
            }
        }
    }

    /// <summary>257 ones are 1 in a byte.</summary>
    [Fact]
    public void OneHot_WithAsManyOnesAsAByteForgets_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new CrossEntropy());
        var target = zeros([1, 300, 3], ScalarType.Byte);
        target.narrow(1, 7, 257).fill_(1);
        Given.Call(loss, zeros(1, 300, 3), target).Should().Throw<ArgumentException>().WithMessage("*pixel [0, 0] 257 are 1*");
    }

    /// <summary>Other ways to write the same labels.</summary>
    private static IEnumerable<(string Form, Tensor Target)> Forms(SegmentationMode mode, Tensor target)
    {
        foreach (var dtype in IntegerTypes)
        {
            yield return (dtype.ToString(), target.to(dtype));
        }

        var last = target.dim() - 1;
        yield return ("transposed in memory", target.transpose(last - 1, last).contiguous().transpose(last - 1, last));
        yield return ("every second entry of a wider tensor", stack([target, full_like(target, 99)], -1).flatten(last).slice(last, 0, 10, 2));
        if (mode != SegmentationMode.Multilabel)
        {
            yield return ("[N,1,*]", target.unsqueeze(1));
        }

        if (mode == SegmentationMode.Multiclass)
        {
            var oneHot = nn.functional.one_hot(target, 3).permute(0, 3, 1, 2);
            yield return ("one-hot", oneHot);
            yield return ("one-hot bool", oneHot.to(ScalarType.Bool));
        }
    }
}
