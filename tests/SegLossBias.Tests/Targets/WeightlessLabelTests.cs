namespace SegLossBias.Tests.Targets;

/// <summary>Where a pixel weighs nothing, any label may stand; where it weighs, a label that is no class is named. In every integer type.</summary>
public class WeightlessLabelTests
{
    private const long NoClass = 77;
    private const long Ignored = 99;

    public static TheoryData<ScalarType, SegmentationMode> Cases
    {
        get
        {
            var data = new TheoryData<ScalarType, SegmentationMode>();
            foreach (var type in (ScalarType[])[ScalarType.Int64, ScalarType.Int32, ScalarType.Int16, ScalarType.Int8, ScalarType.Byte])
            {
                foreach (var mode in Enum.GetValues<SegmentationMode>())
                {
                    data.Add(type, mode);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void LabelThatIsNoClass_CountsOnlyWhereItsPixelWeighs(ScalarType type, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var forced = RegionPrimitive.Force(RegionImplementation.Fused);
        using var loss = new SegmentationLoss(new CrossEntropy() + new Dice()) { Mode = mode, IgnoreIndex = Ignored };
        var usual = Scenes.Usual(mode);
        var scene = usual with { Labels = [usual.Labels[0], Ignored, .. usual.Labels[2..]] };
        var wrong = scene with { Labels = [NoClass, .. scene.Labels[1..]] };
        SegmentationTarget Target(Scene labels, double ofFirst)
        {
            var weights = ones([scene.Images, 1, .. scene.Shape[2..]], ScalarType.Float64);
            weights.view(-1)[0] = tensor(ofFirst, ScalarType.Float64);
            return new SegmentationTarget(labels.TargetTensor(type)).WithPixelWeights(weights.squeeze(1));
        }

        var (value, gradient) = Evaluation.Scalar(loss, scene.LogitsTensor(), Target(wrong, 0));
        var (expected, expectedGradient) = Evaluation.Scalar(loss, scene.LogitsTensor(), Target(scene, 0));
        value.Should().Be(expected);
        gradient.Should().Equal(expectedGradient);
        FluentActions.Invoking(() => loss.call(scene.LogitsTensor(), Target(wrong, 1))).Should().Throw<ArgumentException>().WithMessage($"*label {NoClass} occurs at [0, *");
    }
}
