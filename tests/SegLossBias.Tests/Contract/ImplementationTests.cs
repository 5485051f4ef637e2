using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Contract;

/// <summary>Which implementation computes, and what it makes of labels nobody checks.</summary>
public class ImplementationTests
{
    [Theory]
    [InlineData(RegionImplementation.Composed, "composed*")]
    [InlineData(RegionImplementation.Fused, "fused, *")]
    internal void Diagnostics_NameTheImplementation(RegionImplementation implementation, string name)
    {
        using var scope = NewDisposeScope();
        using var forced = RegionPrimitive.Force(implementation);
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        using var loss = new RceL1Loss { IgnoreIndex = Scene.Ignore };
        using var breakdown = loss.Breakdown(scene.LogitsTensor(), scene.TargetTensor());
        using var regions = RegionStatistics.Compute(scene.LogitsTensor(), scene.TargetTensor(), SegmentationMode.Multiclass, Scene.Ignore);
        breakdown.Implementation.Should().Match(name);
        regions.Implementation.Should().Match(name);
    }

    [Theory]
    [InlineData(RegionImplementation.Composed, SegmentationMode.Multiclass)]
    [InlineData(RegionImplementation.Composed, SegmentationMode.Multilabel)]
    [InlineData(RegionImplementation.Fused, SegmentationMode.Multiclass)]
    [InlineData(RegionImplementation.Fused, SegmentationMode.Multilabel)]
    internal void UncheckedLabels_OutOfRange_AreIgnored(RegionImplementation implementation, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var forced = RegionPrimitive.Force(implementation);
        var scene = Scenes.Fixed(mode, [2, 3, 5, 7], ignored: 0.2);
        using var loss = LossTable.Create("RCE(L1)", mode, Scene.Ignore);
        var (expected, gradient) = Evaluation.Run(loss, scene.LogitsTensor().requires_grad_(true), scene.TargetTensor());
        using var wrong = (-7L).ToScalar();
        using var ignored = ((long)Scene.Ignore).ToScalar();
        var target = scene.TargetTensor();
        var garbled = target.masked_fill(target.eq(ignored), wrong);

        FluentActions.Invoking(() => loss.call(scene.LogitsTensor(), garbled)).Should().Throw<ArgumentException>().WithMessage("*-7*");
        using var trusting = new RceL1Loss { Mode = mode, IgnoreIndex = Scene.Ignore, ChecksLabels = false };
        var (value, same) = Evaluation.Run(trusting, scene.LogitsTensor().requires_grad_(true), garbled);

        value.Should().Equal(expected);
        same.Should().Equal(gradient);
    }

    [Theory]
    [InlineData(RegionImplementation.Composed, null)]
    [InlineData(RegionImplementation.Composed, 255L)]
    [InlineData(RegionImplementation.Fused, null)]
    [InlineData(RegionImplementation.Fused, 255L)]
    internal void UncheckedOneHot_ThatIsNot_IsIgnored(RegionImplementation implementation, long? ignoreIndex)
    {
        using var scope = NewDisposeScope();
        using var forced = RegionPrimitive.Force(implementation);
        var scene = Scenes.Fixed(SegmentationMode.Multiclass, [2, 3, 5, 7]);
        var target = scene.TargetTensor();
        var oneHot = nn.functional.one_hot(target, 3).permute(0, 3, 1, 2).contiguous();
        foreach (var (column, wrong) in ((int, long[])[])[(0, [0, 0, 0]), (2, [1, 1, 0]), (3, [2, 0, 0]), (6, [-1, 1, 0]), (6, [255, 255, 255])])
        {
            oneHot[1, TensorIndex.Colon, 3, column] = tensor(wrong);
            target[1, 3, column] = tensor(255L);
        }

        using var loss = LossTable.Create("RCE(L1)", ignoreIndex: ignoreIndex);
        FluentActions.Invoking(() => loss.call(scene.LogitsTensor(), oneHot)).Should().Throw<ArgumentException>();
        using var trusting = new RceL1Loss { IgnoreIndex = ignoreIndex, ChecksLabels = false };
        using var ignoring = LossTable.Create("RCE(L1)", ignoreIndex: 255);

        var (value, gradient) = Evaluation.Run(trusting, scene.LogitsTensor(), oneHot);

        var (expected, same) = Evaluation.Run(ignoring, scene.LogitsTensor(), target);
        value.Should().Equal(expected);
        gradient.Should().Equal(same);
    }

    [Fact]
    public void NegatedView_IsReadWithItsSign()
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new CrossEntropy());
        var target = randint(0, 3, [2, 5, 7], int64);
        var logits = randn([2, 3, 5, 7], ScalarType.ComplexFloat64).conj().imag;
        logits.is_neg().Should().Be(true, "the test is about such a view");

        var value = loss.call(logits, target);

        value.item<double>().Should().Be(loss.call(logits.clone(), target).item<double>());
    }
}
