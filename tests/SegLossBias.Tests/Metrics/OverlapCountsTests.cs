namespace SegLossBias.Tests.Metrics;

/// <summary>The formulas on four counts.</summary>
public class OverlapCountsTests
{
    private static readonly OverlapCounts Usual = new(truePositives: 6, falsePositives: 2, falseNegatives: 4, trueNegatives: 8);

    [Fact]
    public void Metrics_AreTheirFormulas()
    {
        Usual.Dice.Should().Be(12.0 / 18);
        Usual.IoU.Should().Be(6.0 / 12);
        Usual.Precision.Should().Be(6.0 / 8);
        Usual.Recall.Should().Be(6.0 / 10);
        Usual.VolumeSimilarity.Should().Be(1 - (2.0 / 18));
        Usual.SizeError.Should().Be(-0.2);
        Usual.ProportionError.Should().Be(-0.1);
        Usual.Specificity.Should().Be(8.0 / 10);
        Usual.Accuracy.Should().Be(14.0 / 20);
        Usual.BalancedAccuracy.Should().Be(0.7);
        Usual.MatthewsCorrelation.ShouldBeClose(40 / Math.Sqrt(8 * 10 * 10 * 12), 1e-15);
        Usual.CohenKappa.ShouldBeClose((0.7 - 0.5) / (1 - 0.5), 1e-15, "of 20 pixels 14 agree, and 10 would by chance: 8·10/20 + 12·10/20");
        Usual.FScore(1).ShouldBeClose(Usual.Dice, 1e-15);
        Usual.FScore(2).ShouldBeClose(5 * 0.75 * 0.6 / ((4 * 0.75) + 0.6), 1e-15, "(1 + β²)·precision·recall / (β²·precision + recall)");
        (Usual.TargetSize, Usual.PredictedSize, Usual.ValidSize, Usual.Empty).Should().Be((10, 8, 20, EmptyCase.None));
    }

    [Fact]
    public void Empty_TargetAlone()
    {
        var counts = new OverlapCounts(0, 3, 0, 7);
        counts.Empty.Should().Be(EmptyCase.Target);
        Values(counts).Should().Equal(0, 0, 0, double.NaN, 0, double.PositiveInfinity, 0.3, 0.7, 0.7, double.NaN, double.NaN, 0);
    }

    [Fact]
    public void Empty_PredictionAlone()
    {
        var counts = new OverlapCounts(0, 0, 3, 7);
        counts.Empty.Should().Be(EmptyCase.Prediction);
        Values(counts).Should().Equal(0, 0, double.NaN, 0, 0, -1, -0.3, 1, 0.7, 0.5, double.NaN, 0);
    }

    [Fact]
    public void Empty_BothOrAllIgnored()
    {
        new OverlapCounts(0, 0, 0, 10).Empty.Should().Be(EmptyCase.Both);
        Values(new(0, 0, 0, 10)).Should().Equal(double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, 0, 1, 1, double.NaN, double.NaN, double.NaN);
        Values(default).Should().OnlyContain(value => double.IsNaN(value));
    }

    [Fact]
    public void Identities() => Gen.Select(Gen.Long[0, 50], Gen.Long[0, 50], Gen.Long[0, 50], Gen.Long[0, 50]).Sample((tp, fp, fn, tn) =>
    {
        var counts = new OverlapCounts(tp, fp, fn, tn);
        if (counts.Empty == EmptyCase.None)
        {
            counts.IoU.ShouldBeClose(counts.Dice / (2 - counts.Dice), 1e-12);
            counts.Dice.Should().BeLessThanOrEqualTo(counts.VolumeSimilarity + 1e-12, "overlap cannot beat agreement of size");
            (counts.SizeError * counts.TargetSize).ShouldBeClose(counts.ProportionError * counts.ValidSize, 1e-9);
        }

        (counts + Usual).Should().Be(Usual.Add(counts)).And.Be(new OverlapCounts(tp + 6, fp + 2, fn + 4, tn + 8));
    });

    /// <summary>Accuracy, MCC and κ from their definitions on a list of pixels: the share that agrees, Pearson's correlation, agreement beyond chance.</summary>
    [Fact]
    public void Agreement_IsThatOfTwoListsOfPixels() => Gen.Select(Gen.Int[1, 20], Gen.Int[1, 20], Gen.Int[1, 20], Gen.Int[1, 20]).Sample((tp, fp, fn, tn) =>
    {
        var counts = new OverlapCounts(tp, fp, fn, tn);
        double[] prediction = [.. Enumerable.Repeat(1.0, tp + fp), .. Enumerable.Repeat(0.0, fn + tn)];
        double[] truth = [.. Enumerable.Repeat(1.0, tp), .. Enumerable.Repeat(0.0, fp), .. Enumerable.Repeat(1.0, fn), .. Enumerable.Repeat(0.0, tn)];
        var agree = prediction.Zip(truth).Average(pair => pair.First == pair.Second ? 1.0 : 0);
        var (p, t) = (prediction.Average(), truth.Average());
        double Covariance(double[] one, double[] other) => one.Zip(other).Average(pair => (pair.First - one.Average()) * (pair.Second - other.Average()));
        counts.Accuracy.ShouldBeClose(agree, 1e-12);
        counts.MatthewsCorrelation.ShouldBeClose(Covariance(prediction, truth) / Math.Sqrt(Covariance(prediction, prediction) * Covariance(truth, truth)), 1e-9);
        var chance = (p * t) + ((1 - p) * (1 - t));
        counts.CohenKappa.ShouldBeClose((agree - chance) / (1 - chance), 1e-9);
    }, iter: 200);

    /// <summary>The products of counts of a large data set are more than a double holds exactly, and their difference is small.</summary>
    [Fact]
    public void Correlation_OfLargeCounts_DoesNotCancel()
    {
        var chance = new OverlapCounts(3_000_000_019, 3_000_000_019, 3_000_000_017, 3_000_000_017);
        chance.MatthewsCorrelation.Should().Be(0);
        new OverlapCounts(3_000_000_020, 3_000_000_019, 3_000_000_017, 3_000_000_017).MatthewsCorrelation.ShouldBeClose(1.0 / 12e9, 1e-6 / 12e9);
        FluentActions.Invoking(() => Usual.FScore(0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("beta").WithMessage("β *");
    }

    [Fact]
    public void Value_OfAnUnknownMetric_IsRefused() =>
        FluentActions.Invoking(() => Usual.Value((OverlapMetric)99)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("metric must be one of OverlapMetric*99*");

    /// <summary>The worst size error has no number: one of an absent structure is left out, where a score would count 0.</summary>
    [Fact]
    public void SizeErrors_AreNoScores()
    {
        foreach (var metric in Enum.GetValues<OverlapMetric>())
        {
            OverlapCounts.KindOf(metric).Should().Be(metric.ToString().EndsWith("Error", StringComparison.Ordinal) ? MetricKind.Error : MetricKind.Score);
        }
    }

    [Fact]
    public void Counts_FillALong_AndNoMore()
    {
        var many = new OverlapCounts(long.MaxValue - 1, 0, 0, 0);
        (many + new OverlapCounts(0, 1, 0, 0)).ValidSize.Should().Be(long.MaxValue);
        FluentActions.Invoking(() => many + new OverlapCounts(0, 1, 0, 1)).Should().Throw<ArgumentException>().WithMessage($"*{long.MaxValue - 1} and the others 2;*");
    }

    private static double[] Values(OverlapCounts counts) => [.. Enum.GetValues<OverlapMetric>().Select(counts.Value)];
}
