namespace SegLossBias.Tests.Metrics;

/// <summary>Centre-line Dice against loops over the lines, and vessels that can be counted by hand.</summary>
public class CenterlineTests
{
    [Fact]
    public void Counts_EqualThoseOfALoop() => MaskPair.Any.Sample(pair =>
    {
        using var scope = NewDisposeScope();
        long[] shape = [1, 1, .. pair.Shape.Select(size => (long)size)];
        var metrics = new CenterlineMetrics(1) { Mode = SegmentationMode.Binary };
        metrics.Add(tensor(pair.Prediction, shape), tensor(pair.Target, shape));
        var (precision, sensitivity, both) = PlainCenterline.Of(pair);
        var counts = metrics.Image(0, 0);
        counts.TopologyPrecision.ShouldBeMetric(precision);
        counts.TopologySensitivity.ShouldBeMetric(sensitivity);
        counts.ClDice.ShouldBeMetric(both);
    }, iter: 200);

    /// <summary>A vessel of 20 pixels with a gap of 5 loses a quarter of its length, however thick it is; a copy twice as thick loses nothing.</summary>
    [Fact]
    public void Gaps_AndThickness()
    {
        using var scope = NewDisposeScope();
        var target = zeros([1, 9, 20], ScalarType.Int64);
        target[0, 4] = tensor(1L);
        var gap = target.clone();
        gap[0, 4, TensorIndex.Slice(5, 10)] = tensor(0L);
        var thick = target.clone();
        thick[0, TensorIndex.Slice(3, 6)] = tensor(1L);
        var metrics = new CenterlineMetrics(2) { Selection = ClassSelection.WithoutBackground };
        metrics.Add(gap, target);
        metrics.Add(thick, target);
        metrics.Add(target, target);
        metrics.Add(zeros_like(target), target);
        metrics.Add(zeros_like(target), zeros_like(target));
        metrics.Image(0, 1).Should().Be(new CenterlineCounts(15, 15, 20, 15));
        metrics.Image(0, 1).ClDice.ShouldBeClose(2 * 0.75 / 1.75, 1e-12);
        Enumerable.Range(1, 4).Select(n => metrics.Image(n, 1).ClDice).Should().Equal(1, 1, 0, double.NaN);
        metrics.Mean(CenterlineMetric.ClDice, EmptyPolicies.MissCountsZero).Mean.ShouldBeClose(((1.5 / 1.75) + 2) / 4, 1e-12);
        metrics.Mean(CenterlineMetric.TopologyPrecision, EmptyPolicies.SkipUndefined).Mean.Should().Be(1);
        FluentActions.Invoking(() => default(CenterlineCounts).Value((CenterlineMetric)9)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Counts_AddUp() =>
        (new CenterlineCounts(10, 7, 20, 15) + new CenterlineCounts(1, 0, 4, 3)).Should().Be(new CenterlineCounts(11, 7, 24, 18));
}
