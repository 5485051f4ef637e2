namespace SegLossBias.Tests.Metrics;

/// <summary>Empty masks count what the policy says, and are reported whatever it says.</summary>
public class EmptyPolicyTests
{
    /// <summary>Four images of one structure: found, missed, false alarm, neither.</summary>
    private static (OverlapMetrics Overlap, SurfaceMetrics Surface) FourImages()
    {
        using var scope = NewDisposeScope();
        var target = zeros([4, 6, 6], ScalarType.Int64);
        target[0, 2, 2] = target[0, 2, 3] = target[1, 4, 4] = tensor(1L);
        var prediction = zeros([4, 6, 6], ScalarType.Int64);
        prediction[0, 2, 2] = prediction[2, 1, 1] = tensor(1L);
        var overlap = new OverlapMetrics(1) { Mode = SegmentationMode.Binary };
        overlap.Add(prediction, target);
        var surface = new SurfaceMetrics(1) { ToleranceMm = [1], Mode = SegmentationMode.Binary };
        surface.Add(prediction, target, 1, 1);
        return (overlap, surface);
    }

    private static (double Mean, long Counted, long Skipped, long Both, long Target, long Prediction) Numbers(MetricSummary summary) =>
        (summary.Mean, summary.Counted, summary.Skipped, summary.BothEmpty, summary.TargetEmpty, summary.PredictionEmpty);

    private static EmptyPolicies All(EmptyPolicy policy) => new(policy, policy, policy);

    [Fact]
    public void Skip_LeavesOutAndReports()
    {
        var (overlap, surface) = FourImages();
        Numbers(overlap.Mean(OverlapMetric.Dice, All(EmptyPolicy.Skip))).Should().Be((2.0 / 3, 1, 3, 1, 1, 1));
        Numbers(surface.Mean(SurfaceMetric.Hausdorff95, All(EmptyPolicy.Skip))).Should().Be((1, 1, 3, 1, 1, 1));
    }

    [Fact]
    public void Formula_LetsAMissedStructureCount()
    {
        var (overlap, surface) = FourImages();
        var policies = new EmptyPolicies(EmptyPolicy.Skip, EmptyPolicy.Formula, EmptyPolicy.Formula);
        Numbers(overlap.Mean(OverlapMetric.Dice, policies)).Should().Be((2.0 / 9, 3, 1, 1, 1, 1));
        Numbers(surface.Mean(SurfaceMetric.NormalizedSurfaceDistance, policies)).Should().Be((1.0 / 3, 3, 1, 1, 1, 1));
        surface.Mean(SurfaceMetric.Hausdorff, policies).Mean.Should().Be(double.PositiveInfinity);
        overlap.Mean(OverlapMetric.Dice, All(EmptyPolicy.Formula)).Mean.Should().Be(double.NaN, "both empty is 0/0");
    }

    [Fact]
    public void Value_ForEachCase()
    {
        var (overlap, surface) = FourImages();
        var policies = new EmptyPolicies(both: EmptyPolicy.Value(1), target: EmptyPolicy.Value(10), prediction: EmptyPolicy.Value(100));
        overlap.Mean(OverlapMetric.Dice, policies).Mean.ShouldBeClose(((2.0 / 3) + 111) / 4, 1e-12);
        surface.Mean(SurfaceMetric.AverageSymmetric, policies).Counted.Should().Be(4);
        overlap.MeanOfImage(OverlapMetric.Dice, 1, policies).Mean.Should().Be(100);
        overlap.MeanOfImage(OverlapMetric.Dice, 2, policies).Mean.Should().Be(10);
        surface.MeanOfImage(SurfaceMetric.Hausdorff, 3, policies).Mean.Should().Be(1);
    }

    [Fact]
    public void NaN_ShowsInTheMean()
    {
        var (overlap, _) = FourImages();
        overlap.Mean(OverlapMetric.Dice, new(EmptyPolicy.Skip, EmptyPolicy.NaN, EmptyPolicy.Skip)).Mean.Should().Be(double.NaN);
    }

    [Fact]
    public void Policies_AreRequired()
    {
        var (overlap, surface) = FourImages();
        FluentActions.Invoking(() => overlap.Mean(OverlapMetric.Dice, null!)).Should().Throw<ArgumentNullException>().WithParameterName("whenEmpty");
        FluentActions.Invoking(() => surface.Mean(SurfaceMetric.Hausdorff, null!)).Should().Throw<ArgumentNullException>().WithParameterName("whenEmpty");
        FluentActions.Invoking(() => new EmptyPolicies(EmptyPolicy.Skip, null!, EmptyPolicy.Skip)).Should().Throw<ArgumentNullException>().WithParameterName("target");
    }

    [Fact]
    public void Summary_PrintsCounts() => FourImages().Overlap.Mean(OverlapMetric.Dice, All(EmptyPolicy.Skip)).ToString()
        .Should().Be("0.6667 over 1, 3 skipped (1 both empty, 1 target empty, 1 prediction empty)");
}
