using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Contract;

/// <summary>A label that is neither a class nor the ignore index is named with its position, wherever it stands.</summary>
public class LabelRangeTests
{
    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.NamesAndModes;

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void OutOfRange_IsRefusedWithValueAndPosition(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var (logits, target) = Given.Inputs(mode);
        var count = target.numel();
        long tooLarge = mode == SegmentationMode.Multiclass ? 3 : 2;
        (long Flat, long Label)[] wrongs =
        [
            (0, tooLarge), (0, -1), (0, 255), (count / 2, tooLarge), (count / 2, -1), (count / 2, 255),
            (count - 1, tooLarge), (count - 1, -1), (count - 1, 255), (1, long.MaxValue), (1, long.MinValue), (1, 16_777_217),
        ];
        foreach (var ignoreIndex in (long?[])[null, 7])
        {
            using var loss = LossTable.Create(name, mode, ignoreIndex);
            foreach (var (flat, label) in wrongs)
            {
                var wrong = target.clone();
                wrong.view(-1).index_fill_(0, tensor((long[])[flat]), label);
                Given.Call(loss, logits, wrong).Should().Throw<ArgumentException>()
                    .WithParameterName("target")
                    .WithMessage($"*label {label} occurs at [{string.Join(", ", Position(flat, target.shape))}]; set IgnoreIndex = {label} *");
            }
        }
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void OutOfRange_AmongIgnoredPixels_IsTheFirstThatIsNotIgnored(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode, ignoreIndex: 255);
        var (logits, target) = Given.Inputs(mode);
        var labels = full_like(target, 255).to(ScalarType.Byte);
        labels.view(-1).narrow(0, 8, 2).fill_(254);
        var position = string.Join(", ", Position(8, target.shape));
        Given.Call(loss, logits, labels).Should().Throw<ArgumentException>().WithMessage($"*label 254 occurs at [{position}]*");
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void IgnoreIndex_MayBeAnyNumber_AlsoAClass(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var (logits, target) = Given.Inputs(mode, ScalarType.Float64);
        foreach (var ignored in (long[])[0, 1])
        {
            using var ignoring = LossTable.Create(name, mode, ignored);
            var expected = Evaluation.Scalar(ignoring, logits, target);
            foreach (var marker in (long[])[255, -1, -100, long.MinValue])
            {
                using var loss = LossTable.Create(name, mode, marker);
                var (value, gradient) = Evaluation.Scalar(loss, logits, where(target.eq(ignored), full_like(target, marker), target));
                value.Should().Be(expected.Value, $"{marker} in place of {ignored}");
                gradient.Should().Equal(expected.Gradient, $"{marker} in place of {ignored}");
            }
        }
    }

    [Theory]
    [InlineData(2, 0, 0)]
    [InlineData(1, 1, 0)]
    [InlineData(0, 0, 0)]
    [InlineData(2, -1, 0)]
    [InlineData(255, 255, 1)]
    public void OneHot_ThatIsNot_IsRefused(long first, long second, long third)
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new CrossEntropy()) { IgnoreIndex = 255 };
        var (logits, target) = Given.Inputs(SegmentationMode.Multiclass);
        var oneHot = nn.functional.one_hot(target, 3).permute(0, 3, 1, 2).contiguous();
        oneHot[1, TensorIndex.Colon, 2, 4] = tensor((long[])[first, second, third]);
        Given.Call(loss, logits, oneHot).Should().Throw<ArgumentException>()
            .WithParameterName("target")
            .WithMessage($"*must be one-hot*pixel [1, 2, 4] {new[] { first, second, third }.Count(entry => entry == 1)} are 1 and not all others 0*");
    }

    [Fact]
    public void OneHot_WithTheIgnoreIndexInAllChannels_LeavesThePixelOut()
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new CrossEntropy()) { IgnoreIndex = 255 };
        var (logits, target) = Given.Inputs(SegmentationMode.Multiclass, ScalarType.Float64);
        var oneHot = nn.functional.one_hot(target, 3).permute(0, 3, 1, 2).contiguous();
        oneHot[1, TensorIndex.Colon, 2, 4] = tensor(255L);
        target[1, 2, 4] = tensor(255L);
        var (value, gradient) = Evaluation.Scalar(loss, logits, oneHot);
        var (expected, expectedGradient) = Evaluation.Scalar(loss, logits, target);
        value.Should().Be(expected);
        gradient.Should().Equal(expectedGradient);
    }

    private static IEnumerable<long> Position(long flat, long[] shape)
    {
        var stride = shape.Aggregate(1L, (product, size) => product * size);
        foreach (var size in shape)
        {
            stride /= size;
            yield return flat / stride % size;
        }
    }
}
