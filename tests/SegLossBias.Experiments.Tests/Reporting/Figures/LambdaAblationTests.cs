namespace SegLossBias.Experiments.Tests.Reporting.Figures;

public class LambdaAblationTests
{
    [Theory]
    [InlineData("RCE(L1):lambda=0.3", 0.3)]
    [InlineData("RCE(L1)", 1.0)]
    [InlineData("DBCE", 0.01)]
    [InlineData("CE", null)]
    [InlineData("Dice", null)]
    public void Lambda_IsTheOneAskedForOrTheLosssOwn(string loss, double? lambda) =>
        LambdaAblation.Lambda(LossSpec.Parse(loss)).Should().Be(lambda);

    [Fact]
    public void Curves_AreTheLossesWithTwoLambdasAndMore_EachWithTheDiceOfItsSeeds()
    {
        var results = Invented.Results(
            ["CE", "RCE(L1):lambda=3", "RCE(L1)", "RCE(L1):lambda=0", "RCE(L1):lambda=3:tau=1", "DBCE", "DBCE:lambda=0.1"], seeds: 2, epochs: 1, cases: 5);
        var curves = LambdaAblation.Of(LossSeries.Of(results));
        curves.Select(curve => curve.Family.Text).Should().Equal("RCE(L1)", "DBCE");
        curves[0].Points.Select(point => point.Lambda).Should().Equal(1, 3);
        curves[1].Points.Select(point => point.Lambda).Should().Equal(0.01, 0.1);

        var (sum, count) = (0.0, 0);
        foreach (var run in results.Runs.Where(run => run.Loss == "DBCE:lambda=0.1"))
        {
            foreach (var counts in run.Validation.Select(result => result.Classes[0].Counts))
            {
                (sum, count) = (sum + (2.0 * counts.TruePositives / (counts.PredictedSize + counts.TargetSize)), count + 1);
            }
        }

        curves[1].Points[1].Dice.Mean.Should().BeApproximately(sum / count, 1e-12);
    }
}
