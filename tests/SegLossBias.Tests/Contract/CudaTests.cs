using SegLossBias.Tests.Support;
using SegLossBias.Tests.Targets;

namespace SegLossBias.Tests.Contract;

/// <summary>The contract on a CUDA device. Skipped, visibly, where there is none.</summary>
public class CudaTests
{
    public static TheoryData<string> Names => LossTable.Names;

    public static TheoryData<string, SegmentationMode, string> RichCases =>
        RichScenes.Cases(row => row.Name is "CE" or "RCE(L1)" or "Dice/squared" or "Focal" or "TopK" or "GCE" or "Boundary" or "BlobDice");

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

    /// <summary>Soft labels, weights, maps and instances.</summary>
    [SkippableTheory]
    [MemberData(nameof(RichCases))]
    public void RichTargets_GiveWhatTheyGiveOnTheCpu(string name, SegmentationMode mode, string kind)
    {
        Skip.IfNot(cuda.is_available(), "there is no CUDA device");
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var scene = RichScenes.Make(Scenes.Usual(mode, ignored: 0.2), kind);
        foreach (var dtype in (ScalarType[])[ScalarType.Float64, ScalarType.Float32])
        {
            var (logits, target) = (scene.LogitsTensor(dtype), scene.Target(dtype));
            var (expected, expectedGradient) = Evaluation.Scalar(loss, logits, target);
            var (value, gradient) = Evaluation.Scalar(loss, logits.to(CUDA), On(CUDA, target));
            value.ShouldBeClose(expected, Tolerance.Of(dtype), $"{dtype}");
            gradient.ShouldBeClose(expectedGradient, Tolerance.Of(dtype), $"{dtype}");
        }
    }

    /// <summary>The tensors of the call are gone then, and the thread has no dispose scope.</summary>
    [SkippableTheory]
    [MemberData(nameof(RichCases))]
    public void BackwardOnAnotherThread_GivesTheGradientOfTheCpu(string name, SegmentationMode mode, string kind)
    {
        Skip.IfNot(cuda.is_available(), "there is no CUDA device");
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var scene = RichScenes.Make(Scenes.Usual(mode, ignored: 0.2), kind);
        var leaf = scene.LogitsTensor().to(CUDA).requires_grad_(true);
        var call = NewDisposeScope();
        var value = loss.call(leaf, On(CUDA, scene.Target())).MoveToOuterDisposeScope();
        call.Dispose();
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(() => value.backward()));
        thread.Start();
        thread.Join();
        failure.Should().BeNull();
        Evaluation.Numbers(leaf.grad!).ShouldBeClose(scene.Evaluate(loss).Gradient, Tolerance.Of(ScalarType.Float64), name);
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

    private static SegmentationTarget On(Device device, SegmentationTarget target)
    {
        var moved = new SegmentationTarget(target.Labels.to(device));
        moved = target.PixelWeights is { } weights ? moved.WithPixelWeights(weights.to(device)) : moved;
        moved = target.InstanceIds is { } ids ? moved.WithInstances(ids.to(device)) : moved;
        return target.Maps.Aggregate(moved, (partial, map) => partial.WithMap(map.Key, map.Value.to(device)));
    }
}
