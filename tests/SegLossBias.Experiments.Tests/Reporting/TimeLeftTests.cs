namespace SegLossBias.Experiments.Tests.Reporting;

public sealed class TimeLeftTests
{
    [Fact]
    public void CountsOnlyEpochsThatThisProcessTrains()
    {
        var now = TimeSpan.Zero;
        var left = new TimeLeft(runs: 3, epochs: 10, () => now);
        left.Begin(finished: 8);
        left.Epochs.Should().Be(22);
        Epoch(seconds: 3);
        left.Estimate().Should().Be(TimeSpan.FromSeconds(3 * 21));
        Epoch(seconds: 5);
        left.Estimate().Should().Be(TimeSpan.FromSeconds(4 * 20));

        // The second run ends after one epoch of ten; the next one starts from its beginning.
        left.Begin(finished: 0);
        Epoch(seconds: 4);
        left.Begin(finished: 0);
        left.Epochs.Should().Be(10);
        left.Estimate().Should().Be(TimeSpan.FromSeconds(4 * 10));

        void Epoch(double seconds)
        {
            now += TimeSpan.FromSeconds(seconds);
            left.EpochTrained();
        }
    }

    [Fact]
    public void ALine_HasWhatAnEpochGave()
    {
        using var output = new StringWriter();
        var progress = new LineProgress("RCE(L1)", 4, new TimeLeft(2, 4, () => TimeSpan.FromHours(13)), output);
        progress.Begin(finished: 2);
        progress.Epoch(new EpochRecord(3, 0.5, 0.25, "CE 0.4 + 1 × L1 0.1", 0.01, 0.875, 0.8, 0.03125, 0.0625, 2.25));
        output.ToString().ReplaceLineEndings("\n").Should().Be(
            "RCE(L1)      goes on after epoch 2 of 4\n"
            + "RCE(L1)      epoch   3/4  loss 0.5000 (CE 0.4 + 1 × L1 0.1)  validation loss 0.2500  DSC 87.5 %"
            + "  size 6.25 % (true 3.13 %)  2.3 s  left 65:00:00\n");
    }
}
