using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Contract;

/// <summary>Logits that break the contract are refused with the reason, before anything is computed.</summary>
public class LogitsTests
{
    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.NamesAndModes;

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void Rank_OutsideThreeToFive_IsRefused(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode);
        var channels = Given.Channels(mode);
        foreach (var shape in (long[][])[[], [channels], [2, channels], [2, channels, 2, 2, 2, 2]])
        {
            Given.Call(loss, zeros(shape), zeros([2, 2], ScalarType.Int64)).Should().Throw<ArgumentException>()
                .WithParameterName("logits")
                .WithMessage($"*[N, K, height, width]*but its shape is [{string.Join(", ", shape)}]*unsqueeze*");
        }
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void Channels_NotThoseOfTheMode_AreRefused(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode);
        var channels = mode switch { SegmentationMode.Multiclass => 1, SegmentationMode.Binary => 2, _ => 0 };
        long[] shape = [2, channels, 4, 5];
        Given.Call(loss, zeros(shape), Given.BackgroundFor(mode, shape)).Should().Throw<ArgumentException>()
            .WithParameterName("logits")
            .WithMessage($"{mode.ToString().ToLowerInvariant()} logits need*[2, {channels}, 4, 5]*");
    }

    [Fact]
    public void Channels_InTheLastAxis_AreToldSo()
    {
        using var scope = NewDisposeScope();
        FluentActions.Invoking(() => SegmentationInput.Check(zeros(2, 4, 5, 1), zeros([2, 4, 5], ScalarType.Int64), SegmentationMode.Binary, []))
            .Should().Throw<ArgumentException>().WithParameterName("logits").WithMessage("binary logits need exactly 1 channel, but logits has 4*channels-last need logits.permute(0, 3, 1, 2)*");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    public void Mode_ThatIsNone_IsRefused(int mode)
    {
        using var scope = NewDisposeScope();
        FluentActions.Invoking(() => SegmentationInput.Check(zeros(2, 3, 4, 5), zeros([2, 4, 5], ScalarType.Int64), (SegmentationMode)mode, []))
            .Should().Throw<ArgumentOutOfRangeException>().WithParameterName(nameof(mode)).WithMessage($"*(Multiclass, Binary, Multilabel), but it is {mode}; pass one of these*");
    }

    /// <summary>Expanded tensors take no memory, so that nothing else stops them before they are counted.</summary>
    [Theory]
    [InlineData(3_000_000_000, 2, 1)]
    [InlineData(2, 3_000_000_000, 1)]
    [InlineData(1 << 13, (1 << 12) + 1, 1)]
    [InlineData(1, 2, 1L << 59)]
    public void Sizes_BeyondCounting_AreRefused(long images, long classes, long pixels)
    {
        using var scope = NewDisposeScope();
        var (logits, target) = (zeros(1, 1, 1).expand(images, classes, pixels), zeros([1, 1], ScalarType.Int64).expand(images, pixels));
        foreach (var call in (Action[])[
            () => SegmentationInput.Check(logits, target, SegmentationMode.Multiclass, []),
            () => new SegLossBias.OverlapMetrics((int)Math.Min(classes, 1 << 13)).AddLogits(logits, target)])
        {
            call.Should().Throw<ArgumentException>().WithParameterName("logits").WithMessage("*at most *, but *; split the batch*");
        }
    }

    [Fact]
    public void Sizes_ThatCanBeCounted_Pass()
    {
        using var scope = NewDisposeScope();
        var (logits, target) = (zeros(1, 1, 1).expand(1 << 13, 1 << 12, 1), zeros([1, 1], ScalarType.Int64).expand(1 << 13, 1));
        SegmentationInput.Check(logits, target, SegmentationMode.Multiclass, []).Pixels.Should().Be(1);
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void NotFloatingPoint_IsRefused(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode);
        var (logits, target) = Given.Inputs(mode);
        foreach (var dtype in (ScalarType[])[ScalarType.Int64, ScalarType.Int32, ScalarType.Byte, ScalarType.Bool, ScalarType.ComplexFloat32])
        {
            Given.Call(loss, logits.to(dtype), target).Should().Throw<ArgumentException>()
                .WithParameterName("logits")
                .WithMessage($"*float32*but it is {dtype}*");
        }
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void WithoutDenseValues_AreRefused(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode);
        var (logits, target) = Given.Inputs(mode);
        Given.Call(loss, logits.to(META), target).Should().Throw<ArgumentException>().WithParameterName("logits").WithMessage("*meta device*");
        Given.Call(loss, logits.to(META), target.to(META)).Should().Throw<ArgumentException>().WithParameterName("logits").WithMessage("*meta device*");
        Given.Call(loss, logits.to_sparse(), target).Should().Throw<ArgumentException>().WithParameterName("logits").WithMessage("*to_dense()*");
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void NullOrDisposed_AreRefused(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode);
        var (logits, target) = Given.Inputs(mode);
        Given.Call(loss, null!, target).Should().Throw<ArgumentNullException>().WithParameterName("logits");
        logits.Dispose();
        Given.Call(loss, logits, target).Should().Throw<ArgumentException>().WithParameterName("logits").WithMessage("*disposed*");
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void Strides_ChangeNeitherValueNorGradient(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode);
        var (logits, target) = Given.Inputs(mode, ScalarType.Float64);
        var (value, gradient) = Evaluation.Scalar(loss, logits, target);
        foreach (var (layout, view) in Layouts(logits))
        {
            view.is_contiguous().Should().Be(view.shape[1] == 1 && layout == "channels last", layout);
            var leaf = view.detach().requires_grad_(true);
            var result = loss.call(leaf, target);
            result.backward();
            result.item<double>().ShouldBeClose(value, Tolerance.Identity, layout);
            Evaluation.Numbers(leaf.grad!).ShouldBeClose(gradient, Tolerance.Identity, layout);
        }
    }

    /// <summary>The same numbers in other memory.</summary>
    private static IEnumerable<(string Layout, Tensor View)> Layouts(Tensor logits)
    {
        yield return ("channels last", logits.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2));
        yield return ("transposed", logits.transpose(2, 3).contiguous().transpose(2, 3));
        var wide = zeros([2, logits.shape[1], 6, 11], ScalarType.Float64);
        var window = wide.narrow(2, 1, 4).slice(3, 1, 11, 2);
        window.copy_(logits);
        yield return ("every second column of a window", window);
    }
}
