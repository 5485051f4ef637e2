namespace SegLossBias.Tests.Metrics;

/// <summary>Lesions matched in plain loops, and pictures whose matches can be seen.</summary>
public class LesionTests
{
    [Fact]
    public void Counts_EqualThoseOfALoop() => Gen.Select(MaskPair.Any, Gen.OneOf(Gen.Const(0.0), Gen.Const(0.1), Gen.Const(0.3), Gen.Const(0.6)), Gen.Bool).Sample((pair, threshold, faces) =>
    {
        using var scope = NewDisposeScope();
        long[] shape = [1, 1, .. pair.Shape.Select(size => (long)size)];
        var metrics = new LesionMetrics(1) { Mode = SegmentationMode.Binary, MinimumIoU = threshold, Connectivity = faces ? Connectivity.Faces : Connectivity.Full };
        metrics.Add(tensor(pair.Prediction, shape), tensor(pair.Target, shape));
        var (actual, expected) = (metrics.Image(0, 0), PlainLesions.Count(pair, threshold, faces));
        (actual.TruePositives, actual.FalsePositives, actual.FalseNegatives).Should().Be((expected.Tp, expected.Fp, expected.Fn));
        actual.Dice.ShouldBeMetric(expected.Dice / (expected.Tp + expected.Fp + expected.Fn));
        actual.PanopticQuality.ShouldBeMetric(expected.IoU / (expected.Tp + (0.5 * expected.Fp) + (0.5 * expected.Fn)));
        actual.Recall.ShouldBeMetric((double)expected.Tp / (expected.Tp + expected.Fn));
        actual.Precision.ShouldBeMetric((double)expected.Tp / (expected.Tp + expected.Fp));
        actual.F1.ShouldBeMetric(2.0 * expected.Tp / ((2 * expected.Tp) + expected.Fp + expected.Fn));
    }, iter: 300);

    /// <summary>Two lesions under one prediction: it takes the one that it overlaps most, the other is missed; one alarm is false.</summary>
    [Fact]
    public void OnePrediction_FindsOneLesion()
    {
        using var scope = NewDisposeScope();
        var target = tensor((long[])[1, 1, 1, 0, 1, 1, 0, 0, 0, 0], [1, 10]);
        var prediction = tensor((long[])[0, 1, 1, 1, 1, 0, 0, 0, 1, 1], [1, 10]);
        var metrics = new LesionMetrics(2) { Selection = ClassSelection.WithoutBackground };
        metrics.Add(prediction, target);
        var counts = metrics.Image(0, 1);
        counts.ToString().Should().Be("TP 1, FP 1, FN 1");
        (counts.DiceSum, counts.IoUSum).Should().Be((4.0 / 7, 2.0 / 5));
        metrics.Add(target, target);
        metrics.Pooled(1).ToString().Should().Be("TP 3, FP 1, FN 1");
        metrics.MeanOfPooled(LesionMetric.Recall, EmptyPolicies.MissCountsZero).Mean.Should().Be(0.75);
        metrics.Mean(LesionMetric.Dice, EmptyPolicies.MissCountsZero).Mean.ShouldBeClose(((4.0 / 21) + 1) / 2, 1e-12);
        var strict = new LesionMetrics(2) { Selection = ClassSelection.WithoutBackground, MinimumIoU = 0.5 };
        strict.Add(prediction, target);
        strict.Image(0, 1).ToString().Should().Be("TP 0, FP 2, FN 2");
        (strict.Image(0, 1).F1, strict.Image(0, 1).Empty).Should().Be((0, EmptyCase.None));
    }

    /// <summary>The best pairs come first: the second prediction takes the lesion that the first one overlaps less.</summary>
    [Fact]
    public void Greedy_TakesTheBestPairsFirst()
    {
        using var scope = NewDisposeScope();
        var target = tensor((long[])[1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1], [1, 4, 4]);
        var prediction = tensor((long[])[1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1], [1, 4, 4]);
        var metrics = new LesionMetrics(1) { Mode = SegmentationMode.Binary };
        metrics.Add(prediction, target);
        metrics.Image(0, 0).ToString().Should().Be("TP 2, FP 1, FN 0");
        metrics.Image(0, 0).IoUSum.Should().Be(1.5, "the part of two pixels, not that of one");
    }

    [Fact]
    public void Nothing_HasNoScore_AndSettingsAreChecked()
    {
        using var scope = NewDisposeScope();
        var metrics = new LesionMetrics(1) { Mode = SegmentationMode.Binary };
        var (none, some) = (zeros([1, 3, 4], ScalarType.Int64), ones([1, 3, 4], ScalarType.Int64));
        metrics.Add(none, none);
        metrics.Add(some, none);
        metrics.Add(none, some);
        Enum.GetValues<LesionMetric>().Select(metrics.Image(0, 0).Value).Should().OnlyContain(value => double.IsNaN(value));
        (metrics.Image(1, 0).Precision, metrics.Image(1, 0).Recall, metrics.Image(1, 0).Dice).Should().Be((0, double.NaN, 0));
        (metrics.Image(2, 0).Precision, metrics.Image(2, 0).Recall, metrics.Image(2, 0).Dice).Should().Be((double.NaN, 0, 0));
        FluentActions.Invoking(() => new LesionMetrics(1) { MinimumIoU = double.NaN }).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("MinimumIoU");
        FluentActions.Invoking(() => new LesionMetrics(1) { Connectivity = (Connectivity)5 }).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => default(LesionCounts).Value((LesionMetric)9)).Should().Throw<ArgumentOutOfRangeException>();
    }
}
