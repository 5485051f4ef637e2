namespace SegLossBias.Tests.Inputs;

/// <summary>A target of floats that are 0 and 1 gives what the integers give, but for rounding.</summary>
public class FloatMaskTests
{
    private static readonly RegionImplementation[] Implementations = Enum.GetValues<RegionImplementation>();

    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.NamesAndModes;

    public static TheoryData<SegmentationMode> Modes => [.. Enum.GetValues<SegmentationMode>()];

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void ValueAndGradient_AreThoseOfIntegers(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode);
        var scene = Scenes.Usual(mode, seed: 2);
        foreach (var dtype in FloatMasks.Types)
        {
            ShouldBeTheSame(loss, loss, scene.LogitsTensor(), scene.TargetTensor(), FloatMasks.Of(scene.TargetTensor(), mode, scene.Classes, dtype), $"{dtype}");
        }
    }

    /// <summary>One image is ignored as a whole, and pixels of the other.</summary>
    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void IgnoredPixels_AreThoseOfIntegers(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var expected = LossTable.Create(name, mode, Scene.Ignore);
        var scene = Scenes.Usual(mode, seed: 3, ignored: 0.3);
        var target = scene.TargetTensor();
        target[0] = tensor(Scene.Ignore);
        foreach (var dtype in FloatMasks.Types)
        {
            // 2 is the last class of one-hot labels.
            foreach (var marker in (long[])[255, -1, -100, 3, 1024, mode == SegmentationMode.Multiclass ? 4 : 2])
            {
                using var loss = LossTable.Create(name, mode, marker);
                ShouldBeTheSame(expected, loss, scene.LogitsTensor(), target, FloatMasks.Of(target, mode, scene.Classes, dtype, marker), $"{dtype}, {marker}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void IgnoreIndex_MayBeALabel(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(mode, seed: 4);
        foreach (var index in (long[])[0, 1])
        {
            using var loss = LossTable.Create(name, mode, index);
            ShouldBeTheSame(loss, loss, scene.LogitsTensor(), scene.TargetTensor(), FloatMasks.Of(scene.TargetTensor(), mode, scene.Classes, ScalarType.Float32), $"{index}");
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Layout_ChangesNothing(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("RFL(L1)", mode, Scene.Ignore);
        var scene = Scenes.Fixed(mode, [2, mode == SegmentationMode.Binary ? 1 : 3, 6, 7], ignored: 0.2);
        var mask = FloatMasks.Of(scene.TargetTensor(), mode, scene.Classes, ScalarType.Float32);
        foreach (var (layout, same) in FloatMasks.Layouts(mask))
        {
            Evaluation.Numbers(same).Should().Equal(Evaluation.Numbers(mask), layout);
            ShouldBeTheSame(loss, loss, scene.LogitsTensor(), scene.TargetTensor(), same, layout);
        }

        if (mode == SegmentationMode.Binary)
        {
            ShouldBeTheSame(loss, loss, scene.LogitsTensor(), scene.TargetTensor(), mask.unsqueeze(1), "[N, 1, *]");
            var one = ones([1, 1, 1], ScalarType.Float32).expand(2, 6, 7);
            ShouldBeTheSame(loss, loss, scene.LogitsTensor(), one.to(ScalarType.Int64), one, "a single number");
        }
    }

    /// <summary>libtorch's own loss takes the very same target.</summary>
    [Theory]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void CrossEntropy_IsThatOfLibtorch(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("CE", mode);
        var scene = Scenes.Usual(mode);
        var mask = FloatMasks.Of(scene.TargetTensor(), mode, scene.Classes, ScalarType.Float64).reshape(scene.Shape);
        var leaf = scene.LogitsTensor().requires_grad_(true);
        var expected = nn.functional.binary_cross_entropy_with_logits(leaf, mask);
        expected.backward();
        var (value, gradient) = Evaluation.Scalar(loss, leaf, mask);
        value.ShouldBeClose(expected.item<double>(), Tolerance.Identity);
        gradient.ShouldBeClose(Evaluation.Numbers(leaf.grad!), Tolerance.Identity);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void SecondDerivative_IsThatOfIntegers(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("RFL(KL)", mode, Scene.Ignore);
        var scene = Scenes.Usual(mode, seed: 3, ignored: 0.2);
        double[] Of(Tensor target)
        {
            var leaf = scene.LogitsTensor().requires_grad_(true);
            var gradient = autograd.grad([loss.call(leaf, target)], [leaf], retain_graph: true, create_graph: true)[0];
            return Evaluation.Numbers(autograd.grad([gradient.square().sum()], [leaf])[0]);
        }

        Of(FloatMasks.Of(scene.TargetTensor(), mode, scene.Classes, ScalarType.BFloat16)).ShouldBeClose(Of(scene.TargetTensor()), Tolerance.Identity);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void MinusZero_IsZero(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("RCE(L1)", mode);
        var scene = Scenes.Usual(mode);
        foreach (var dtype in FloatMasks.Types)
        {
            var mask = FloatMasks.Of(scene.TargetTensor(), mode, scene.Classes, dtype);
            var withMinusZero = mask.masked_fill(mask.eq(0), -0.0);
            withMinusZero.signbit().sum().item<long>().Should().Be(mask.eq(0).sum().item<long>(), "every 0 is a minus 0");
            ShouldBeTheSame(loss, loss, scene.LogitsTensor(), scene.TargetTensor(), withMinusZero, $"{dtype}");
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void WithoutPixels_OrWithoutValidOnes_IsAConnectedZero(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("RCE(KL)", mode, Scene.Ignore);
        var classes = mode == SegmentationMode.Binary ? 1 : 3;
        foreach (var shape in (long[][])[[0, classes, 4, 5], [2, classes, 0, 5], [2, classes, 4, 5]])
        {
            var mask = full(mode == SegmentationMode.Binary ? [shape[0], .. shape[2..]] : shape, Scene.Ignore, ScalarType.Float16);
            var leaf = zeros(shape).requires_grad_(true);
            var value = loss.call(leaf, mask);
            value.item<float>().Should().Be(0);
            value.backward();
            leaf.grad!.shape.Should().Equal(shape);
            leaf.grad.any().item<bool>().Should().BeFalse("the gradient is 0");
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void RegionStatistics_AreThoseOfIntegers(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(mode, ignored: 0.2);
        double[] Of(Tensor target)
        {
            using var regions = RegionStatistics.Compute(scene.LogitsTensor(), target, mode, Scene.Ignore, RegionStatistic.Overlap, RegionStatistic.PredictedSize(10));
            return [.. Evaluation.Numbers(regions.Overlap), .. Evaluation.Numbers(regions.PredictedSize(10)), .. Evaluation.Numbers(regions.TargetSize), .. Evaluation.Numbers(regions.ValidSize)];
        }

        foreach (var dtype in FloatMasks.Types)
        {
            Of(FloatMasks.Of(scene.TargetTensor(), mode, scene.Classes, dtype)).ShouldBeClose(Of(scene.TargetTensor()), Tolerance.Identity, $"{dtype}");
        }
    }

    private static void ShouldBeTheSame(SegmentationLoss expected, SegmentationLoss loss, Tensor logits, Tensor labels, Tensor mask, string because)
    {
        FloatMasks.Types.Should().Contain(mask.dtype);
        foreach (var implementation in Implementations)
        {
            using var forced = RegionPrimitive.Force(implementation);
            var (value, gradient) = Evaluation.Scalar(expected, logits, labels);
            var (same, sameGradient) = Evaluation.Scalar(loss, logits, mask);
            same.ShouldBeClose(value, Tolerance.Identity, $"{because}, {implementation}");
            sameGradient.ShouldBeClose(gradient, Tolerance.Identity, $"{because}, {implementation}");
        }
    }
}
