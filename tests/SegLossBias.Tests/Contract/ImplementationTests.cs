using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Contract;

/// <summary>Which implementation computes, and what it makes of labels nobody checks.</summary>
public class ImplementationTests
{
    [Theory]
    [InlineData(RegionImplementation.Composed, "composed")]
    [InlineData(RegionImplementation.Fused, "fused, *")]
    internal void Diagnostics_NameTheImplementation(RegionImplementation implementation, string name)
    {
        using var scope = NewDisposeScope();
        using var forced = RegionPrimitive.Force(implementation);
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        using var loss = new RceL1Loss(ignoreIndex: Scene.Ignore);
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
        loss.ChecksLabels = false;
        var (value, same) = Evaluation.Run(loss, scene.LogitsTensor().requires_grad_(true), garbled);

        value.Should().Equal(expected);
        same.Should().Equal(gradient);
    }

    [Fact]
    public void NegatedView_IsReadWithItsSign()
    {
        using var scope = NewDisposeScope();
        using var loss = new CrossEntropyLoss();
        var target = randint(0, 3, [2, 5, 7], int64);
        var logits = randn([2, 3, 5, 7], ScalarType.ComplexFloat64).conj().imag;
        logits.is_neg().Should().Be(true, "the test is about such a view");

        var value = loss.call(logits, target);

        value.item<double>().Should().Be(loss.call(logits.clone(), target).item<double>());
    }
}
