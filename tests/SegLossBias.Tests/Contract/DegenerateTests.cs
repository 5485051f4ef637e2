using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Contract;

/// <summary>No pixel, one pixel, no valid pixel, no pixel of a class, logits at the end of their range.</summary>
public class DegenerateTests
{
    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.NamesAndModes;

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void WithoutAnyPixel_IsAConnectedZero(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        foreach (var shape in (long[][])[[0, Given.Channels(mode), 4, 5], [2, Given.Channels(mode), 0, 5], [0, Given.Channels(mode), 0]])
        {
            foreach (var reduction in (Reduction[])[Reduction.Mean, Reduction.Sum])
            {
                using var loss = LossTable.Create(name, mode, reduction: reduction);
                ShouldBeConnectedZero(loss, zeros(shape), Given.BackgroundFor(mode, shape));
            }
        }
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void AllIgnored_IsAConnectedZero(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var (logits, target) = Given.Inputs(mode);
        ShouldBeConnectedZero(loss, logits, full_like(target, Scene.Ignore));
        ShouldBeConnectedZero(loss, full_like(logits, double.NaN), full_like(target, Scene.Ignore));
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void OneImageIgnored_AddsNothingToTheOther(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var sum = LossTable.Create(name, mode, Scene.Ignore, Reduction.Sum);
        using var mean = LossTable.Create(name, mode, Scene.Ignore);
        var (logits, target) = Given.Inputs(mode, ScalarType.Float64);
        var withIgnored = target.clone();
        withIgnored[0] = tensor(Scene.Ignore);

        var (value, gradient) = Evaluation.Scalar(sum, logits, withIgnored);
        var (alone, aloneGradient) = Evaluation.Scalar(sum, logits[1].unsqueeze(0), target[1].unsqueeze(0));
        value.ShouldBeClose(alone, Tolerance.Identity);
        gradient.Should().StartWith(new double[gradient.Length / 2]);
        gradient[(gradient.Length / 2)..].ShouldBeClose(aloneGradient, Tolerance.Identity);

        var (_, meanGradient) = Evaluation.Scalar(mean, logits, withIgnored);
        meanGradient.Should().StartWith(new double[gradient.Length / 2]);
        meanGradient.Should().OnlyContain(entry => double.IsFinite(entry)).And.Contain(entry => entry != 0);
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void OnePixel_IsFinite(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode);
        foreach (var space in (long[][])[[1], [1, 1], [1, 1, 1]])
        {
            long[] shape = [1, Given.Channels(mode), .. space];
            var target = Given.BackgroundFor(mode, shape);
            ShouldBeFinite(loss, zeros(shape), target);
            ShouldBeFinite(loss, zeros(shape), target.add(1));
        }
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void AbsentClass_IsFinite(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode);
        var (logits, target) = Given.Inputs(mode);
        ShouldBeFinite(loss, logits, zeros_like(target));
        ShouldBeFinite(loss, logits, ones_like(target));
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void ExtremeLogits_AreFinite(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode);
        foreach (var dtype in (ScalarType[])[ScalarType.Float64, ScalarType.Float16])
        {
            var (logits, target) = Given.Inputs(mode);
            var oneSided = zeros_like(logits);
            oneSided.narrow(1, 0, 1).fill_(1e4);
            ShouldBeFinite(loss, logits.sign().mul(1e4).to(dtype), target);
            ShouldBeFinite(loss, oneSided.to(dtype), target);
            ShouldBeFinite(loss, oneSided.neg().to(dtype), zeros_like(target));
            ShouldBeFinite(loss, full_like(logits, 1e4).to(dtype), zeros_like(target));
            ShouldBeFinite(loss, full_like(logits, -1e4).to(dtype), ones_like(target));
        }
    }

    private static void ShouldBeConnectedZero(SegmentationLoss loss, Tensor logits, Tensor target)
    {
        var leaf = logits.detach().clone().requires_grad_(true);
        var value = loss.call(leaf, target);
        value.requires_grad.Should().Be(true, "a training loop calls backward whatever the batch");
        value.item<float>().Should().Be(0, $"the logits are {string.Join("×", logits.shape)}");
        value.backward();
        leaf.grad!.shape.Should().Equal(logits.shape);
        leaf.grad!.count_nonzero().item<long>().Should().Be(0);
    }

    private static void ShouldBeFinite(SegmentationLoss loss, Tensor logits, Tensor target)
    {
        var (value, gradient) = Evaluation.Scalar(loss, logits, target);
        double.IsFinite(value).Should().Be(true, $"the value is {value} for {logits.dtype}");
        gradient.Should().OnlyContain(entry => double.IsFinite(entry), $"the logits are {logits.dtype}");
    }
}
