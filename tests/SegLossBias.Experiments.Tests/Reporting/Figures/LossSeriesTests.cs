namespace SegLossBias.Experiments.Tests.Reporting.Figures;

public class LossSeriesTests
{
    [Theory]
    [InlineData(1, 1, "5 validation cases, 1 seed")]
    [InlineData(3, 3, "5 validation cases, 3 seeds")]
    [InlineData(3, 1, "5 validation cases, 1 to 3 seeds")]
    public void Measured_SaysHowManySeedsTheLossesHave(int first, int second, string text)
    {
        var all = Invented.Results(["CE", "Dice"], seeds: 3, epochs: 1, cases: 5);
        var results = all with { Runs = [.. all.Runs.Where(run => run.Loss == "CE").Take(first), .. all.Runs.Where(run => run.Loss == "Dice").Take(second)] };
        LossSeries.Measured(LossSeries.Of(results)).Should().Be(text);
    }
}
