namespace SegLossBias.Tests.Inputs;

/// <summary>A float mask leaves nothing behind, gets no gradient, and its label map is made without reading a value.</summary>
public class FloatMaskLifetimeTests
{
    public static TheoryData<SegmentationMode> Modes => [.. Enum.GetValues<SegmentationMode>()];

    [Theory]
    [MemberData(nameof(Modes))]
    public void NothingLives_AfterTheCall(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("RFL(L1)", mode, Scene.Ignore);
        var scene = Scenes.Usual(mode, ignored: 0.2);
        var (logits, mask) = (scene.LogitsTensor().requires_grad_(true), FloatMasks.Of(scene.TargetTensor(), mode, scene.Classes, ScalarType.Float32));
        var wrong = mask.mul(1.5);
        foreach (var implementation in Enum.GetValues<RegionImplementation>())
        {
            using var forced = RegionPrimitive.Force(implementation);
            loss.call(logits, mask).backward();
            Contract.LiveHandles.LeftBy(() =>
            {
                using var value = loss.call(logits, mask);
                value.backward();
            }).Should().Be(0);
            Contract.LiveHandles.LeftBy(() => FluentActions.Invoking(() => loss.call(logits, wrong)).Should().Throw<ArgumentException>()).Should().Be(0);
        }
    }

    /// <summary>A mask that is part of a graph is a constant of the loss.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void MaskThatRequiresAGradient_GetsNone(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("RCE(L1)", mode);
        var scene = Scenes.Usual(mode);
        var mask = FloatMasks.Of(scene.TargetTensor(), mode, scene.Classes, ScalarType.Float64).requires_grad_(true);
        foreach (var implementation in Enum.GetValues<RegionImplementation>())
        {
            using var forced = RegionPrimitive.Force(implementation);
            var (value, gradient) = Evaluation.Scalar(loss, scene.LogitsTensor(), mask);
            var (expected, expectedGradient) = Evaluation.Scalar(loss, scene.LogitsTensor(), scene.TargetTensor());
            value.ShouldBeClose(expected, Tolerance.Identity);
            gradient.ShouldBeClose(expectedGradient, Tolerance.Identity);
            (mask.grad is null || mask.grad.IsInvalid).Should().BeTrue("labels have no gradient");
        }
    }

    /// <summary>Tensors on META have no values: what reads one, as a host synchronisation does, throws.</summary>
    [Fact]
    public void LabelMap_IsMadeWithoutHostSynchronisation()
    {
        using var scope = NewDisposeScope();
        foreach (var dtype in FloatMasks.Types)
        {
            var mask = zeros([2, 3, 4], dtype, META);
            FluentActions.Invoking(() => mask.any().cpu().item<bool>()).Should().Throw<Exception>("else this tests nothing");
            foreach (var ignoreIndex in (long?[])[null, 0, 255, 2049])
            {
                var (labels, _) = FloatMask.ToLabels(mask, IgnoredLabels.Of(ignoreIndex, null));
                (labels.device_type, labels.dtype).Should().Be((DeviceType.META, ScalarType.Byte));
                labels.shape.Should().Equal(mask.shape);
            }
        }
    }
}
