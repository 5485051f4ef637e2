namespace SegLossBias.Tests.Maps;

/// <summary>Several labels to leave out are as one, in maps, statistics and decompositions.</summary>
public class IgnoredLabelsTests
{
    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void SeveralLabels_AreAsOne(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(mode, seed: 5, ignored: 0.3);
        long[] labels = [255, -3, 9];
        var target = scene.TargetTensor();
        var several = (scene with { Labels = [.. scene.Labels.Select((label, i) => label == Scene.Ignore ? labels[i % 3] : label)] }).TargetTensor();
        var k = (int)scene.Classes;
        Same(SignedDistanceMap.Compute(several, k, mode, ignoreIndices: labels), SignedDistanceMap.Compute(target, k, mode, 255));
        Same(SignedDistanceMap.Compute(several, k, mode, 255, ignoreIndices: [-3, 9]), SignedDistanceMap.Compute(target, k, mode, 255));
        Same(BorderDistanceMap.Compute(several, k, mode, ignoreIndices: labels), BorderDistanceMap.Compute(target, k, mode, 255));
        Same(ConnectedComponents.Compute(several, k, mode, ignoreIndices: labels), ConnectedComponents.Compute(target, k, mode, 255));
        FluentActions.Invoking(() => SignedDistanceMap.Compute(several, k, mode, 255, ignoreIndices: [9])).Should().Throw<ArgumentException>().WithMessage("*label -3 occurs*");

        LossDecomposition.Of(scene.LogitsTensor(), several, mode, ignoreIndices: labels).ToString().Should().Be(LossDecomposition.Of(scene.LogitsTensor(), target, mode, 255).ToString());
        using var statistics = RegionStatistics.Compute(scene.LogitsTensor(), several, [RegionStatistic.Overlap], mode, labels);
        using var expected = RegionStatistics.Compute(scene.LogitsTensor(), target, mode, 255, RegionStatistic.Overlap);
        Same(statistics.Overlap, expected.Overlap);
        Same(statistics.ValidSize, expected.ValidSize);

        using var loss = Presets.SegmentationModels("DiceLoss", ("mode", mode), ("ignore_indices", labels));
        using var one = Presets.SegmentationModels("DiceLoss", ("mode", mode), ("ignore_index", 255));
        loss.call(scene.LogitsTensor(), several).item<double>().Should().Be(one.call(scene.LogitsTensor(), target).item<double>());
    }

    private static void Same(Tensor actual, Tensor expected) => Evaluation.Numbers(actual).Should().Equal(Evaluation.Numbers(expected));
}
