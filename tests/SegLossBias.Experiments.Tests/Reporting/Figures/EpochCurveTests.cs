namespace SegLossBias.Experiments.Tests.Reporting.Figures;

public class EpochCurveTests
{
    [Fact]
    public void Curve_IsWhatPlainLoopsOverSeedsGive()
    {
        var runs = Invented.Results(["Dice"], seeds: 3, epochs: 7, cases: 2).Runs;
        var curve = EpochCurve.Of(runs, epoch => epoch.TrainLoss);
        curve.Select(point => point.Epoch).Should().Equal(1, 2, 3, 4, 5, 6, 7);
        for (var i = 0; i < 7; i++)
        {
            var (sum, squares, least, most) = (0.0, 0.0, double.PositiveInfinity, double.NegativeInfinity);
            foreach (var run in runs)
            {
                var loss = run.Epochs[i].TrainLoss;
                (sum, least, most) = (sum + loss, Math.Min(least, loss), Math.Max(most, loss));
            }

            foreach (var run in runs)
            {
                squares += Math.Pow(run.Epochs[i].TrainLoss - (sum / 3), 2);
            }

            curve[i].Value.Mean.Should().BeApproximately(sum / 3, 1e-12);
            curve[i].Value.Deviation.Should().BeApproximately(Math.Sqrt(squares / 2), 1e-12);
            (curve[i].Value.Least, curve[i].Value.Most).Should().Be((least, most));
        }
    }

    [Fact]
    public void SeedsThatEndedEarlyOrHaveNoNumber_AreLeftOutOfTheirEpochsOnly()
    {
        var runs = Invented.Results(["CE"], seeds: 2, epochs: 3, cases: 1).Runs;
        var first = runs[0] with { Epochs = [runs[0].Epochs[0], runs[0].Epochs[1] with { TrainLoss = double.NaN }] };
        EpochCurve.Of([first, runs[1]], epoch => epoch.TrainLoss).Select(point => point.Value.Mean).Should().Equal(
            (first.Epochs[0].TrainLoss + runs[1].Epochs[0].TrainLoss) / 2, runs[1].Epochs[1].TrainLoss, runs[1].Epochs[2].TrainLoss);
    }
}
