namespace SegLossBias.Tests.Contract;

/// <summary>
/// A default device that is not that of the logits changes nothing: every tensor the library makes names its device.
/// META stands for a GPU; a tensor that went there by mistake has no numbers to compute with.
/// </summary>
[Collection(nameof(Alone))]
public class DefaultDeviceTests
{
    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.NamesAndModes;

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void Loss_IsTheSame(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(mode, ignored: 0.2);
        var (logits, target) = (scene.LogitsTensor(), scene.TargetTensor());
        foreach (var implementation in Enum.GetValues<RegionImplementation>())
        {
            using var forced = RegionPrimitive.Force(implementation);
            foreach (var reduction in LossTable.Get(name).Reductions)
            {
                using var loss = LossTable.Create(name, mode, Scene.Ignore, reduction);
                var expected = Run(loss, logits, target);
                var actual = WithDefaultDevice(() => Run(loss, logits, target));
                actual.Should().BeEquivalentTo(expected, options => options.WithStrictOrdering(), $"{implementation}, {reduction}");
            }
        }
    }

    public static TheoryData<string, SegmentationMode> CurvedNamesAndModes => LossTable.Where(row => !row.IsPiecewiseLinear);

    /// <summary>Differentiating twice makes tensors of its own.</summary>
    [Theory]
    [MemberData(nameof(CurvedNamesAndModes))]
    public void SecondDerivative_IsTheSame(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var scene = Scenes.Usual(mode, ignored: 0.2);
        var (leaf, target) = (scene.LogitsTensor().requires_grad_(true), scene.TargetTensor());
        double[] Slopes()
        {
            var gradient = autograd.grad([loss.call(leaf, target)], [leaf], retain_graph: true, create_graph: true)[0];
            return Evaluation.Numbers(autograd.grad([gradient.square().sum()], [leaf])[0]);
        }

        var expected = Slopes();
        expected.Should().Contain(slope => slope != 0, "else nothing is compared");
        WithDefaultDevice(Slopes).Should().Equal(expected);
    }

    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void RegionStatistics_AreTheSame(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(mode, ignored: 0.2);
        var (logits, target) = (scene.LogitsTensor(), scene.TargetTensor());
        double[][] Statistics()
        {
            using var inner = NewDisposeScope();
            var leaf = logits.detach().requires_grad_(true);
            using var regions = RegionStatistics.Compute(
                leaf, target, mode, Scene.Ignore,
                RegionStatistic.Overlap, RegionStatistic.NegativeLogLikelihood, RegionStatistic.PredictedSize(10), RegionStatistic.Focal(2, FocalForm.OneVsRest));
            Tensor[] values =
            [
                regions.ValidSize, regions.TargetSize, regions.Overlap, regions.NegativeLogLikelihood, regions.PredictedSize(10), regions.Focal(2, FocalForm.OneVsRest),
                regions.TargetProportion(1e-10), regions.PredictedProportion(10, 1e-10), regions.Background.TargetSize, regions.Background.Focal(2, FocalForm.OneVsRest),
            ];
            values.Where(value => value.requires_grad).Select(value => value.square().sum()).Aggregate((sum, value) => sum + value).backward();
            return [.. values.Append(leaf.grad!).Select(Evaluation.Numbers)];
        }

        foreach (var implementation in Enum.GetValues<RegionImplementation>())
        {
            using var forced = RegionPrimitive.Force(implementation);
            var expected = Statistics();
            WithDefaultDevice(Statistics).Should().BeEquivalentTo(expected, options => options.WithStrictOrdering(), $"{implementation}");
        }
    }

    /// <summary>Class weights and one-hot or unchecked targets have paths of their own.</summary>
    [Theory]
    [InlineData(RegionImplementation.Fused)]
    [InlineData(RegionImplementation.Composed)]
    internal void WeightsAndOtherTargets_AreTheSame(RegionImplementation implementation)
    {
        using var scope = NewDisposeScope();
        using var forced = RegionPrimitive.Force(implementation);
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        var (logits, target) = (scene.LogitsTensor(), scene.TargetTensor());
        using var checking = new RceKlLoss { Matching = new() { Weight = [0.5, 1, 2] } };
        using var trusting = new RceKlLoss { Matching = new() { Weight = [0.5, 1, 2] }, ChecksLabels = false };
        var oneHot = nn.functional.one_hot(target, 3).permute(0, 3, 1, 2);
        foreach (var labels in (Tensor[])[target, target.to(ScalarType.Byte), target.unsqueeze(1), oneHot, oneHot.to(ScalarType.Bool)])
        {
            var expected = Run(checking, logits, labels);
            WithDefaultDevice(() => Run(checking, logits, labels)).Should().BeEquivalentTo(expected, options => options.WithStrictOrdering(), $"{labels.dtype}");
            WithDefaultDevice(() => Run(trusting, logits, labels)).Should().BeEquivalentTo(expected, options => options.WithStrictOrdering(), $"{labels.dtype}");
        }
    }

    private static T WithDefaultDevice<T>(Func<T> action)
    {
        var before = get_default_device();
        set_default_device(META);
        try
        {
            empty(1).device_type.Should().Be(DeviceType.META, "else nothing is tested");
            return action();
        }
        finally
        {
            set_default_device(before);
        }
    }

    /// <summary>Values, gradient, and the breakdown with its text.</summary>
    private static (double[] Values, double[] Gradient, double[][] Parts, string Text) Run(SegmentationLoss loss, Tensor logits, Tensor target)
    {
        using var scope = NewDisposeScope();
        var leaf = logits.detach().clone().requires_grad_(true);
        var values = loss.call(leaf, target);
        values.sum().backward();
        using var breakdown = loss.Breakdown(leaf, target);
        return (
            Evaluation.Numbers(values),
            Evaluation.Numbers(leaf.grad!),
            [Evaluation.Numbers(breakdown.Total), .. breakdown.Parts.SelectMany(part => (double[][])[Evaluation.Numbers(part.Raw), Evaluation.Numbers(part.Weighted)])],
            breakdown.ToString());
    }
}
