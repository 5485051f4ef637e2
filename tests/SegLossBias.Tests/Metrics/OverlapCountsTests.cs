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
        (Usual.TargetSize, Usual.PredictedSize, Usual.ValidSize, Usual.Empty).Should().Be((10, 8, 20, EmptyCase.None));
    }

    [Fact]
    public void Empty_TargetAlone()
    {
        var counts = new OverlapCounts(0, 3, 0, 7);
        counts.Empty.Should().Be(EmptyCase.Target);
        Values(counts).Should().Equal(0, 0, 0, double.NaN, 0, double.PositiveInfinity, 0.3);
    }

    [Fact]
    public void Empty_PredictionAlone()
    {
        var counts = new OverlapCounts(0, 0, 3, 7);
        counts.Empty.Should().Be(EmptyCase.Prediction);
        Values(counts).Should().Equal(0, 0, double.NaN, 0, 0, -1, -0.3);
    }

    [Fact]
    public void Empty_BothOrAllIgnored()
    {
        new OverlapCounts(0, 0, 0, 10).Empty.Should().Be(EmptyCase.Both);
        Values(new(0, 0, 0, 10)).Should().Equal(double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, 0);
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

    [Fact]
    public void Value_OfAnUnknownMetric_IsRefused() =>
        FluentActions.Invoking(() => Usual.Value((OverlapMetric)99)).Should().Throw<ArgumentOutOfRangeException>();

    private static double[] Values(OverlapCounts counts) => [.. Enum.GetValues<OverlapMetric>().Select(counts.Value)];
}
