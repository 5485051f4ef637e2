using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Contract;

/// <summary>A NaN that counts is never hidden; one that is ignored is never seen.</summary>
public class NotANumberTests
{
    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.NamesAndModes;

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void InAValidPixel_GivesNaN(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode);
        var (logits, target) = Given.Inputs(mode);
        foreach (var flat in (long[])[0, logits.numel() - 1])
        {
            Value(loss, WithValueAt(logits, flat, double.NaN), target).Should().Be(double.NaN, $"logit {flat} is NaN");
        }
    }

    /// <summary>Who looks at gradients alone, as a gradient scaler does, must see it too.</summary>
    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void InAValidPixel_ShowsInTheGradient(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode);
        foreach (var implementation in Enum.GetValues<RegionImplementation>())
        {
            using var scope = NewDisposeScope();
            using var forced = RegionPrimitive.Force(implementation);
            var (logits, target) = Given.Inputs(mode);
            var (_, gradient) = Evaluation.Scalar(loss, WithValueAt(logits, 0, double.NaN), target);
            gradient.Any(double.IsNaN).Should().Be(true, $"{implementation}");
        }
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void InAValidPixel_WithEmptyForeground_GivesNaN(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode);
        var (logits, target) = Given.Inputs(mode);
        Value(loss, WithValueAt(logits, 3, double.NaN), zeros_like(target)).Should().Be(double.NaN);
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void UnderAnIgnoredPixel_ChangesNothing(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var scene = Scenes.Usual(mode, ignored: 0.3);
        var (logits, target) = (scene.LogitsTensor(), scene.TargetTensor());
        var ignored = target.eq(Scene.Ignore);
        ignored = (mode == SegmentationMode.Multilabel ? ignored : ignored.unsqueeze(1)).expand_as(logits);
        var (value, gradient) = Evaluation.Scalar(loss, logits, target);
        foreach (var noise in (double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e30])
        {
            var (same, sameGradient) = Evaluation.Scalar(loss, logits.masked_fill(ignored, noise), target);
            same.Should().Be(value, $"{noise} stands under ignored pixels");
            sameGradient.Should().Equal(gradient, $"{noise} stands under ignored pixels");
        }

        var underIgnored = tensor(gradient, scene.Shape).masked_select(ignored);
        Evaluation.Numbers(underIgnored).Should().NotBeEmpty().And.AllBeEquivalentTo(0.0);
    }

    /// <summary>
    /// An infinite logit is no number to learn from, but no harm either: as composed of tensor operations, the loss is
    /// the same where that is finite, and what comes next is as before.
    /// </summary>
    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void InfinityInAValidPixel_DoesNoHarm(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode);
        var (logits, target) = Given.Inputs(mode);
        var expected = Evaluation.Scalar(loss, logits, target);
        foreach (var infinity in (double[])[double.PositiveInfinity, double.NegativeInfinity])
        {
            foreach (var flat in (long[])[0, logits.numel() - 1])
            {
                var wrong = WithValueAt(logits, flat, infinity);
                var value = Value(loss, wrong, target);
                double composed;
                using (RegionPrimitive.Force(RegionImplementation.Composed))
                {
                    composed = Value(loss, wrong, target);
                }

                var because = $"logit {flat} is {infinity}: {value} fused, {composed} composed";
                if (double.IsFinite(value) && double.IsFinite(composed))
                {
                    value.ShouldBeClose(composed, Tolerance.Of(ScalarType.Float32), because);
                }
                else if (mode == SegmentationMode.Multiclass && infinity > 0 && !LossTable.Get(name).IsOneVsRest)
                {
                    value.Should().Be(double.NaN, because);
                }
            }
        }

        Evaluation.Scalar(loss, logits, target).Gradient.Should().Equal(expected.Gradient);
    }

    private static Tensor WithValueAt(Tensor logits, long flat, double value)
    {
        var changed = logits.clone();
        changed.view(-1).index_fill_(0, tensor((long[])[flat]), value);
        return changed;
    }

    private static double Value(SegmentationLoss loss, Tensor logits, Tensor target) => Evaluation.Scalar(loss, logits, target).Value;
}
