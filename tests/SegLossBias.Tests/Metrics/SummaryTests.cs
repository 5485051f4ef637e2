namespace SegLossBias.Tests.Metrics;

/// <summary>Mean, standard deviation and median against their definitions.</summary>
public class SummaryTests
{
    private static MetricSummary Of(params double[] values) =>
        MetricSummary.Over(values.Select(value => new StructureValue(value, EmptyCase.None)), "Dice", MetricKind.Score, EmptyPolicies.SkipUndefined);

    [Fact]
    public void Spread_AndMiddle_AreTheirDefinitions() => Gen.Double[-5, 5].Array[2, 9].Sample(values =>
    {
        var summary = Of(values);
        var mean = values.Sum() / values.Length;
        summary.Mean.ShouldBeClose(mean, 1e-12);
        summary.StandardDeviation.ShouldBeClose(Math.Sqrt(values.Sum(value => Math.Pow(value - mean, 2)) / (values.Length - 1)), 1e-12);
        (values.Count(value => value <= summary.Median + 1e-12) * 2).Should().BeGreaterThanOrEqualTo(values.Length);
        (values.Count(value => value >= summary.Median - 1e-12) * 2).Should().BeGreaterThanOrEqualTo(values.Length);
    }, iter: 200);

    [Fact]
    public void Small_AndInfinite()
    {
        Of(3, 1, 2).Median.Should().Be(2);
        Of(4, 1, 2, 3).Median.Should().Be(2.5);
        (Of(7).Mean, Of(7).StandardDeviation, Of(7).Median).Should().Be((7, double.NaN, 7));
        (Of().Mean, Of().StandardDeviation, Of().Median).Should().Be((double.NaN, double.NaN, double.NaN));
        (Of(1, 2, double.PositiveInfinity).Mean, Of(1, 2, double.PositiveInfinity).Median).Should().Be((double.PositiveInfinity, 2));
        Of(1, double.PositiveInfinity, double.PositiveInfinity).Median.Should().Be(double.PositiveInfinity);
        Of(1, 2, double.PositiveInfinity).StandardDeviation.Should().Be(double.NaN);
    }

    /// <summary>A score of one's own, and F₂ of the counts.</summary>
    [Fact]
    public void Score_OfYourOwn()
    {
        using var scope = NewDisposeScope();
        var metrics = new OverlapMetrics(2);
        metrics.Add(tensor((long[])[0, 1, 1, 1], [2, 2]), tensor((long[])[1, 1, 1, 0], [2, 2]));
        metrics.Mean(counts => counts.FScore(2), EmptyPolicies.MissCountsZero).Mean
            .ShouldBeClose(Enumerable.Range(0, 4).Average(cell => Or(metrics.Image(cell / 2, cell % 2).FScore(2))), 1e-12);
        metrics.MeanOfClass(counts => counts.TruePositives, 1, EmptyPolicies.MissCountsZero).Mean.Should().Be(1);
        FluentActions.Invoking(() => metrics.Mean(null!, EmptyPolicies.MissCountsZero)).Should().Throw<ArgumentNullException>();

        static double Or(double value) => double.IsNaN(value) ? 0 : value;
    }

    /// <summary>A hit, nothing at all, a false alarm and a miss: where a mask is empty, the policies say what counts, for every accumulator.</summary>
    [Fact]
    public void Score_OfYourOwn_LeavesEmptyMasksToThePolicies()
    {
        using var scope = NewDisposeScope();
        Tensor Filled(params long[] images) => tensor(images, [images.Length, 1, 1]).expand(images.Length, 3, 3);
        var (prediction, target) = (Filled(1, 0, 1, 0), Filled(1, 0, 0, 1));
        var (overlap, boundary) = (new OverlapMetrics(1) { Mode = SegmentationMode.Binary }, new BoundaryMetrics(1) { Mode = SegmentationMode.Binary });
        var (lesions, lines) = (new LesionMetrics(1) { Mode = SegmentationMode.Binary }, new CenterlineMetrics(1) { Mode = SegmentationMode.Binary });
        var (surface, volume) = (new SurfaceMetrics(1) { Mode = SegmentationMode.Binary, ToleranceMm = [1] }, new VolumeMetrics(1) { Mode = SegmentationMode.Binary });
        overlap.Add(prediction, target);
        boundary.Add(prediction, target);
        lesions.Add(prediction, target);
        lines.Add(prediction, target);
        surface.Add(prediction, target, 1, 1);
        volume.Add(prediction, target, 1, 1);

        var policies = new EmptyPolicies(EmptyPolicy.Value(0.1), EmptyPolicy.Value(0.2), EmptyPolicy.Value(0.4));
        MetricSummary[] summaries =
        [
            overlap.Mean(_ => 0.8, policies), boundary.Mean(_ => 0.8, policies), lesions.Mean(_ => 0.8, policies),
            lines.Mean(_ => 0.8, policies), surface.Mean(_ => 0.8, policies), volume.Mean(_ => 0.8, policies),
        ];
        foreach (var summary in summaries)
        {
            summary.Mean.ShouldBeClose((0.8 + 0.1 + 0.2 + 0.4) / 4, 1e-12);
            (summary.BothEmpty, summary.TargetEmpty, summary.PredictionEmpty).Should().Be((1, 1, 1));
        }
    }
}
