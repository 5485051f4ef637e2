namespace SegLossBias.Tests.Metrics;

/// <summary>Volumes and their differences against counts of pixels.</summary>
public class VolumeTests
{
    public static TheoryData<SegmentationMode> Modes => [.. Enum.GetValues<SegmentationMode>()];

    [Theory]
    [MemberData(nameof(Modes))]
    public void Volumes_ArePixelsTimesTheirVolume(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Fixed(mode, [2, mode == SegmentationMode.Binary ? 1 : 3, 3, 4, 5], ignored: 0.1);
        var metrics = new VolumeMetrics((int)scene.Classes) { Mode = mode, IgnoreIndex = Scene.Ignore };
        metrics.AddLogits(scene.LogitsTensor(), scene.TargetTensor(), 1.5, 0.5, 2);
        metrics.Add(tensor(PlainCounts.Prediction(scene), scene.LabelShape), scene.TargetTensor(), 1.5, 0.5, 2);
        for (var n = 0; n < 2; n++)
        {
            for (var k = 0; k < scene.Classes; k++)
            {
                var (p, t) = (1.5 * PlainMasks.Predicted(scene, n, k).Count(isIn => isIn), 1.5 * PlainMasks.True(scene, n, k).Count(isIn => isIn));
                var scores = metrics.Image(n, k);
                (scores.Prediction, scores.Target, scores.Difference, scores.AbsoluteDifference, scores.RelativeAbsoluteDifference).Should().Be((p, t, p - t, Math.Abs(p - t), Math.Abs(p - t) / t));
                metrics.Image(n + 2, k).Should().Be(scores);
            }
        }
    }

    [Fact]
    public void EmptyMasks_AndSpacing()
    {
        using var scope = NewDisposeScope();
        var metrics = new VolumeMetrics(1) { Mode = SegmentationMode.Binary };
        var (none, some) = (zeros([1, 2, 3], ScalarType.Int64), ones([1, 2, 3], ScalarType.Int64));
        metrics.Add(none, some, 2, 2);
        metrics.Add(some, none, 2, 2);
        metrics.Add(none, none, 2, 2);
        Enumerable.Range(0, 3).Select(n => metrics.Image(n, 0).AbsoluteDifference).Should().Equal(24, 24, 0);
        Enumerable.Range(0, 3).Select(n => metrics.Image(n, 0).RelativeAbsoluteDifference).Should().Equal(1, double.PositiveInfinity, double.NaN);
        metrics.Mean(VolumeMetric.RelativeAbsoluteDifference, EmptyPolicies.MissCountsWorst).Mean.Should().Be(1, "a false alarm has no finite relative difference");
        metrics.Mean(VolumeMetric.Difference, EmptyPolicies.SkipUndefined).Mean.Should().Be(0);
        FluentActions.Invoking(() => metrics.Add(none, some, 1, 1, 1)).Should().Throw<ArgumentException>().WithParameterName("spacingMm");
        FluentActions.Invoking(() => metrics.Add(none, some, 1, -1)).Should().Throw<ArgumentException>().WithParameterName("spacingMm");
        FluentActions.Invoking(() => metrics.Image(0, 0).Value((VolumeMetric)9)).Should().Throw<ArgumentOutOfRangeException>();
        metrics.Images.Should().Be(3);
    }
}
