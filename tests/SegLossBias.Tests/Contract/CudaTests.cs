using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Contract;

/// <summary>The contract on a CUDA device. Skipped, visibly, where there is none.</summary>
public class CudaTests
{
    public static TheoryData<string> Names => LossTable.Names;

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void ValueAndGradient_EqualThoseOfTheCpu(string name)
    {
        Skip.IfNot(cuda.is_available(), "there is no CUDA device");
        using var scope = NewDisposeScope();
        foreach (var mode in Enum.GetValues<SegmentationMode>())
        {
            using var loss = LossTable.Create(name, mode, Scene.Ignore);
            foreach (var dtype in (ScalarType[])[ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16])
            {
                var scene = Scenes.Usual(mode, ignored: 0.2);
                var (logits, target) = (scene.LogitsTensor(dtype), scene.TargetTensor());
                var (expected, expectedGradient) = Evaluation.Scalar(loss, logits, target);
                var (value, gradient) = Evaluation.Scalar(loss, logits.cuda(), target.cuda());
                value.ShouldBeClose(expected, Tolerance.Of(dtype), $"{mode}, {dtype}");
                gradient.ShouldBeClose(expectedGradient, Tolerance.Of(dtype), $"{mode}, {dtype}");
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Result_IsOnTheDeviceOfTheLogitsAndNothingElseLives(string name)
    {
        Skip.IfNot(cuda.is_available(), "there is no CUDA device");
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name);
        var (logits, target) = Given.Inputs(SegmentationMode.Multiclass);
        var (onDevice, labels) = (logits.cuda().requires_grad_(true), target.cuda());
        LiveHandles.LeftBy(() =>
        {
            using var value = loss.call(onDevice, labels);
            value.backward();
            value.device_type.Should().Be(DeviceType.CUDA);
        }).Should().Be(0);
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Target_OnTheOtherDevice_IsRefused(string name)
    {
        Skip.IfNot(cuda.is_available(), "there is no CUDA device");
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name);
        var (logits, target) = Given.Inputs(SegmentationMode.Multiclass);
        Given.Call(loss, logits.cuda(), target).Should().Throw<ArgumentException>().WithMessage("*target.to(logits.device)*");
        Given.Call(loss, logits, target.cuda()).Should().Throw<ArgumentException>().WithMessage("*target.to(logits.device)*");
    }

    /// <summary>Weights are numbers and on no device: the loss need not be moved.</summary>
    [SkippableFact]
    public void Weights_AreOnEveryDevice()
    {
        Skip.IfNot(cuda.is_available(), "there is no CUDA device");
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new CrossEntropy { Weight = [0.25, 1, 3] });
        var (logits, target) = Given.Inputs(SegmentationMode.Multiclass, ScalarType.Float64);
        var expected = loss.call(logits, target).item<double>();
        loss.call(logits.cuda(), target.cuda()).cpu().item<double>().ShouldBeClose(expected, Tolerance.Identity);
        loss.to(CUDA).call(logits, target).item<double>().Should().Be(expected);
    }
}
