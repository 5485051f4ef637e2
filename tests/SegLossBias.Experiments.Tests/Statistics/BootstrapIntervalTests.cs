namespace SegLossBias.Experiments.Tests.Statistics;

public sealed class BootstrapIntervalTests
{
    [Fact]
    public void EqualValues_HaveAnIntervalOfNoWidth() => BootstrapInterval.Of([0.25, 0.25, 0.25]).Should().Be(new BootstrapInterval(0.25, 0.25, 0.25));

    [Fact]
    public void NoValue_HasNoInterval() => BootstrapInterval.Of([]).Should().Be(new BootstrapInterval(double.NaN, double.NaN, double.NaN));

    /// <summary>For many values the interval is mean ± 1.96 standard errors; 10,000 samples give its ends to about 3 %.</summary>
    [Fact]
    public void ManyValues_HaveTheNormalInterval()
    {
        var random = new Random(3);
        var values = Enumerable.Range(0, 400).Select(_ => random.NextDouble() - 0.3).ToArray();
        var mean = values.Average();
        var error = Math.Sqrt(values.Sum(value => Math.Pow(value - mean, 2)) / values.Length / values.Length);
        var interval = BootstrapInterval.Of(values);
        interval.Mean.Should().Be(mean);
        interval.Low.Should().BeApproximately(mean - (1.96 * error), 0.15 * error);
        interval.High.Should().BeApproximately(mean + (1.96 * error), 0.15 * error);
    }

    [Fact]
    public void TheSameValues_HaveTheSameInterval() => BootstrapInterval.Of([1, 2, 3, 7]).Should().Be(BootstrapInterval.Of([1, 2, 3, 7]));
}
