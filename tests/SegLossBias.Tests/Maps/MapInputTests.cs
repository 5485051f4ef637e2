using SegLossBias.Tests.Contract;

namespace SegLossBias.Tests.Maps;

/// <summary>What maps refuse, in words that say what came and what to do.</summary>
public class MapInputTests
{
    public static TheoryData<SegmentationMode> Modes => [.. Enum.GetValues<SegmentationMode>()];

    [Theory]
    [MemberData(nameof(Modes))]
    public void Labels_OutOfRange_AreNamedWithTheirPosition(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var target = Given.Inputs(mode).Target;
        foreach (var wrong in (long[])[3, -1, 255, long.MaxValue, long.MinValue])
        {
            var labels = target.clone();
            labels.view(-1).index_fill_(0, tensor((long[])[23]), wrong);
            var position = mode == SegmentationMode.Multilabel ? "[0, 1, 0, 3]" : "[1, 0, 3]";
            foreach (var ignoreIndex in (long?[])[null, 7])
            {
                Refused(labels, mode, "target", $"*labels of the target are *0*but label {wrong} occurs at {position}; set IgnoreIndex = {wrong} *", ignoreIndex);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Shapes_Types_AndDevices(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var target = Given.Inputs(mode).Target;
        var isMultilabel = mode == SegmentationMode.Multilabel;
        Refused(target.to(ScalarType.ComplexFloat32), mode, "target", "*must hold integers, bools or floats, but it is ComplexFloat32*");
        Refused(target.to(ScalarType.Float32).mul(0.5), mode, "target", mode == SegmentationMode.Multiclass ? "*must hold integers or bools, but it is Float32*rounded to integers*" : "*0.5 occurs at [*");
        Refused(target.to(META), mode, "target", "*target must hold values, but it is on the meta device*");
        Refused(target.to_sparse(), mode, "target", "*to_dense()*");
        Refused(zeros([4], ScalarType.Int64), mode, "target", $"a {mode} target must be [N, * with 1 to 3 spatial axes, but its shape is [4]; add a missing axis with unsqueeze*");
        Refused(tensor(1L), mode, "target", $"a {mode} target must be [N, * but its shape is []*");
        Refused(zeros([2, isMultilabel ? 3 : 1, 2, 2, 2, 2], ScalarType.Int64), mode, "target", $"a {mode} target must be *1 to 3 spatial axes, but its shape is [2, *");
        Refused(zeros([2, 4, 2, 2, 2], ScalarType.Int64), mode, "target", $"a {mode} target must be *but its shape is [2, 4, 2, 2, 2]; *argmax(1)*");
        Refused(zeros([2, 1, 1], ScalarType.Byte).expand(2, isMultilabel ? 3 : 1, 3_000_000_000), mode, "target", "an image may have 2147483591 pixels, but those of target have [3000000000]*");
        FluentActions.Invoking(() => SignedDistanceMap.Compute(null!, 3)).Should().Throw<ArgumentNullException>().WithParameterName("target");
        FluentActions.Invoking(() => ConnectedComponents.Compute(null!, 3)).Should().Throw<ArgumentNullException>().WithParameterName("target");
        var disposed = target.clone();
        disposed.Dispose();
        Refused(disposed, mode, "target", "*disposed*");
    }

    [Fact]
    public void OneHot_IsRefusedAndNamed()
    {
        using var scope = NewDisposeScope();
        var target = Given.Inputs(SegmentationMode.Multiclass).Target;
        var oneHot = nn.functional.one_hot(target, 3).permute(0, 3, 1, 2);
        foreach (var labels in (Tensor[])[oneHot, oneHot.to(ScalarType.Float32), oneHot[TensorIndex.Colon, TensorIndex.Colon, 0]])
        {
            Refused(labels, SegmentationMode.Multiclass, "target", "*can be read as one-hot labels with 3 channels *pass target.argmax(1) if it is one-hot, and target.unsqueeze(1) if it holds label maps.*");
        }

        var binary = stack([target.eq(0), target.ne(0)], 1).to(ScalarType.Int64);
        Refused(binary, SegmentationMode.Binary, "target", "*can be read as one-hot labels with 2 channels *");
        SignedDistanceMap.Compute(binary.unsqueeze(1), 1, SegmentationMode.Binary).shape.Should().Equal([2, 1, 2, 4, 5], "the remedy of the message");
        Refused(binary, SegmentationMode.Multilabel, "target", "a Multilabel target must be [N, 3, *] *its shape is [2, 2, 4, 5]*");
    }

    [Theory]
    [InlineData(1, SegmentationMode.Multiclass)]
    [InlineData(2, SegmentationMode.Binary)]
    [InlineData(0, SegmentationMode.Multilabel)]
    [InlineData(-3, SegmentationMode.Multiclass)]
    public void Classes_ThatTheModeCannotHave(int classes, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var target = zeros([2, 1, 4], ScalarType.Int64);
        var message = $"*but Mode is {mode} and there are {classes} classes; change one of them*";
        Refusal(() => SignedDistanceMap.Compute(target, classes, mode), "classes", message);
        Refusal(() => ConnectedComponents.Compute(target, classes, mode), "classes", message);
    }

    [Fact]
    public void Settings_ThatThereAreNot()
    {
        using var scope = NewDisposeScope();
        var target = zeros([2, 4, 5], ScalarType.Int64);
        Refusal(() => SignedDistanceMap.Compute(target, 3, (SegmentationMode)9), "mode", "*must be one of SegmentationMode*but it is 9*");
        Refusal(() => ConnectedComponents.Compute(target, 3, (SegmentationMode)9), "mode", "*must be one of SegmentationMode*but it is 9*");
        Refusal(() => ConnectedComponents.Compute(target, 3, connectivity: (Connectivity)9), "connectivity", "*must be one of Connectivity (Full, Faces), but it is 9*");
        Refusal(() => ConnectedComponents.Compute(target, 3, background: 3), "background", "*one of the classes 0..2, or null*");
        Refusal(() => ConnectedComponents.Compute(target, 3, background: -1), "background", "*one of the classes 0..2, or null*");
        Refusal(() => ConnectedComponents.Compute(target, 1, SegmentationMode.Binary, background: null), "background", "in Binary mode the background is the label 0, but background is null; leave it out.*");
        Refusal(() => ConnectedComponents.Compute(target, 4, SegmentationMode.Multilabel, background: 1), "background", "in Multilabel mode the background is the label 0, but background is 1; *");
    }

    [Fact]
    public void Spacings_ThatDoNotFit()
    {
        using var scope = NewDisposeScope();
        var target = zeros([2, 4, 5], ScalarType.Int64);
        var ids = target.to(ScalarType.Int32);
        void Both(double[] spacing, string message)
        {
            Refusal(() => SignedDistanceMap.Compute(target, 3, spacingMm: spacing), "spacingMm", message);
            Refusal(() => BorderWeightMap.Compute(ids, spacingMm: spacing), "spacingMm", message);
        }

        Both([1], "spacingMm needs one value for each of the 2 spatial axes, but it has 1: [1]*");
        Both([1, 1, 1], "spacingMm needs one value for each of the 2 spatial axes, but it has 3*");
        foreach (var wrong in (double[])[0, -1, double.NaN, double.PositiveInfinity])
        {
            Both([1, wrong], "every spacing must be a finite number of millimetres above 0*");
        }

        Both([1, 1e-61], "*must lie in 1e-60..1e60 mm*");
        Both([1e38, 1], "float32 holds distances up to 3e38 mm, but with spacingMm [*, 1] an image of [4, 5] pixels is larger*");
        SignedDistanceMap.Compute(tensor(new long[] { 0, 0, 0, 1 }, [1, 4]), 1, SegmentationMode.Binary, spacingMm: [8e37]).max().item<float>().Should().Be(3 * 8e37f, "the farthest pixel is three spacings away");
    }

    [Fact]
    public void Instances_AndTheirWeights()
    {
        using var scope = NewDisposeScope();
        var ids = zeros([2, 4, 5], ScalarType.Int32);
        void Refused(Tensor wrong, string message) => Refusal(() => BorderWeightMap.Compute(wrong), "instances", message);
        void RefusedOfChannels(Tensor wrong, string message) => Refusal(() => BorderWeightMap.Compute(wrong, mode: SegmentationMode.Multilabel), "instances", message);
        Refused(ids.to(ScalarType.Int64), "instances must be int32 ids, 0 for the background, but it is Int64; *ConnectedComponents*instances.to(ScalarType.Int32)*");
        Refused(ids.to(META), "*instances must hold values*meta device*");
        Refused(ids.to_sparse(), "*to_dense()*");
        Refused(ids[0, 0], "in Multiclass mode instances must be [N, *] or [N, 1, *] with 1 to 3 spatial axes, but its shape is [5]; add a missing axis with unsqueeze*");
        Refused(ids.view(1, 2, 1, 4, 5), "*but its shape is [1, 2, 1, 4, 5]; *SegmentationMode.Multilabel if axis 1 is a channel*");
        Refused(ids.view(2, 1, 1, 1, 4, 5), "*but its shape is [2, 1, 1, 1, 4, 5]; *squeeze*");
        RefusedOfChannels(ids[0], "in Multilabel mode instances must be [N, K, *] with 1 to 3 spatial axes, but its shape is [4, 5]; add a missing axis with unsqueeze*");
        RefusedOfChannels(ids.view(1, 2, 1, 1, 4, 5), "*but its shape is [1, 2, 1, 1, 4, 5]; *squeeze*");
        Refused(zeros([2, 1], ScalarType.Int32).expand(2, 3_000_000_000), "an image may have 2147483591 pixels, but those of instances have [3000000000]*");
        var negative = ids.clone();
        negative[1, 2, 3] = tensor(-4);
        Refused(negative, "instance ids are at least 0, but id -4 occurs at [1, 2, 3]; give pixels of no instance the id 0*");
        RefusedOfChannels(negative, "instance ids are at least 0, but id -4 occurs at [1, 2, 3]; *");
        Refusal(() => BorderWeightMap.Compute(ids, spacingMm: [1, 1], mode: SegmentationMode.Multilabel), "spacingMm", "spacingMm needs one value for each of the 1 spatial axes, but it has 2*");
        var ofChannel = ids.unsqueeze(1);
        Refusal(() => BorderWeightMap.Compute(ofChannel, spacingMm: [1]), "spacingMm", "spacingMm needs one value for each of the 2 spatial axes, but it has 1*");
        Refusal(() => BorderWeightMap.Compute(ids, mode: (SegmentationMode)9), "mode", "*must be one of SegmentationMode*but it is 9*");
        FluentActions.Invoking(() => BorderWeightMap.Compute(null!)).Should().Throw<ArgumentNullException>().WithParameterName("instances");
        Refusal(() => BorderWeightMap.Compute(ids, [1, 2, 3]), "classWeights", "classWeights must be two, of background and foreground, but there are 3: [1, 2, 3]*");
        Refusal(() => BorderWeightMap.Compute(ids, w0: -1), "w0", "the weight of the border must be finite and not negative*");
        Refusal(() => BorderWeightMap.Compute(ids, w0: double.NaN), "w0", "the weight of the border must be finite and not negative*");
        Refusal(() => BorderWeightMap.Compute(ids, sigma: 0), "sigma", "the width of the border must be positive and finite*");
        Refusal(() => BorderWeightMap.Compute(ids, [1, 1e39]), "w0", "a weight must fit into float32*scale all of them down*");
        var disposed = ids.clone();
        disposed.Dispose();
        Refused(disposed, "*disposed*");
    }

    private static void Refused(Tensor target, SegmentationMode mode, string parameter, string message, long? ignoreIndex = null)
    {
        var classes = (int)Given.Channels(mode);
        Refusal(() => SignedDistanceMap.Compute(target, classes, mode, ignoreIndex), parameter, message);
        Refusal(() => ConnectedComponents.Compute(target, classes, mode, ignoreIndex), parameter, message);
    }

    /// <summary>Refused, and nothing left behind.</summary>
    private static void Refusal(Func<Tensor> call, string parameter, string message) =>
        LiveHandles.LeftBy(() => FluentActions.Invoking(call).Should().Throw<ArgumentException>().WithMessage(message).WithParameterName(parameter)).Should().Be(0);
}
