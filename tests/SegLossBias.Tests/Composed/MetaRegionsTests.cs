using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Composed;

/// <summary>
/// No loss waits for its device but for the check of the labels and where it says so: on tensors that have shapes and no numbers an operation that
/// reads one throws. Users' logits of that kind are refused, so the input is made without that check.
/// </summary>
public class MetaRegionsTests
{
    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.Where(row => !row.WaitsForTheDevice);

    public static TheoryData<SegmentationMode, Has> Targets => TargetScenes.All;

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void EveryLoss_ReadsNoValue(string name, SegmentationMode mode)
    {
        foreach (var reduction in LossTable.Get(name).Reductions)
        {
            foreach (var dtype in new[] { ScalarType.Float32, ScalarType.BFloat16 })
            {
                using var scope = NewDisposeScope();
                using var loss = LossTable.Create(name, mode, Scene.Ignore, reduction, checksLabels: false);
                var scene = Scenes.Usual(mode);
                var leaf = Shapes(scene.LogitsTensor(dtype)).requires_grad_(true);
                var input = new SegmentationInput
                {
                    Logits = leaf.view(leaf.shape),
                    Labels = Shapes(scene.TargetTensor()),
                    LabelShape = scene.LabelShape,
                    Mode = mode,
                    IgnoreIndex = Scene.Ignore,
                    ChecksLabels = false,
                    Pixels = scene.Pixels,
                };

                var total = new LossEvaluation(new LossPlan(loss.Terms, reduction, mode, (int)scene.Classes, epoch: 0, instances: 1), reduction, input).Total();
                total.sum().backward();

                total.shape.Should().Equal(reduction == Reduction.None ? [scene.Images] : []);
                leaf.grad!.shape.Should().Equal(leaf.shape);
                leaf.grad!.dtype.Should().Be(dtype);
            }
        }
    }

    /// <summary>Soft labels, weights, maps and instances too, in one slice and in several.</summary>
    [Theory]
    [MemberData(nameof(Targets))]
    public void EveryStatistic_ReadsNoValue(SegmentationMode mode, Has has)
    {
        using var scope = NewDisposeScope();
        var scene = TargetScenes.Make(mode, has);
        var statistics = TargetScenes.Statistics(mode);
        foreach (var entries in new long?[] { 40, null })
        {
            var leaf = Shapes(scene.LogitsTensor()).requires_grad_(true);
            var rows = StatisticRows.Of(ComposedRegions.Gather(scene.Input(leaf, checksLabels: false, device: META), statistics, entries), statistics, mode);
            rows.sum().backward();
            leaf.grad!.shape.Should().Equal(scene.Shape);
        }
    }

    [Theory]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Bool)]
    [InlineData(ScalarType.Float32)]
    public void OneHotLabelsAndMasks_AreReadWithoutAValue(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var target = zeros([2, 3, 4, 5], dtype, META);
        TargetLabels.Of(target, target.shape, isOneHot: true, SegmentationMode.Multiclass, [255], checksLabels: false).Labels.shape.Should().Equal(2, 4, 5);
        TargetLabels.Of(target, target.shape, isOneHot: false, SegmentationMode.Multilabel, [255], checksLabels: false).Labels.shape.Should().Equal(target.shape);
    }

    [Fact]
    public void ReadingAValue_Throws()
    {
        using var scope = NewDisposeScope();
        FluentActions.Invoking(() => ones([1], device: META).item<float>()).Should().Throw<Exception>("else these tests show nothing");
    }

    private static Tensor Shapes(Tensor tensor) => tensor.to(META);
}
