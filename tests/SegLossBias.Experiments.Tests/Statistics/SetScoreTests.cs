using CsCheck;
using SegLossBias.Experiments.Tests.Reporting;

namespace SegLossBias.Experiments.Tests.Statistics;

public class SetScoreTests
{
    [Fact]
    public void EmptyMasks_CountAsTheDefinitionSays()
    {
        var score = SetScore.Of(
        [
            TestExperiment.Case("found", TestExperiment.Class(1, 6, 2, 2, nsd: 0.9, hd95: 3)),
            TestExperiment.Case("missed", TestExperiment.Class(1, 0, 0, 4, nsd: 0, hd95: double.PositiveInfinity)),
            TestExperiment.Case("false alarm", TestExperiment.Class(1, 0, 5, 0, nsd: 0, hd95: double.PositiveInfinity)),
            TestExperiment.Case("nothing", TestExperiment.Class(1, 0, 0, 0, nsd: double.NaN, hd95: double.PositiveInfinity)),
        ]);
        score.Dice.Should().BeApproximately(0.75 / 3, 1e-15);
        score.Iou.Should().BeApproximately(0.6 / 3, 1e-15);
        score.PooledDice.Should().BeApproximately(12.0 / (13 + 12), 1e-15);
        score.PooledIou.Should().BeApproximately(6.0 / (13 + 12 - 6), 1e-15);
        score.ClassShare.Should().ContainSingle().Which.Should().BeApproximately(12.0 / 4000, 1e-15);
        score.Nsd.Should().BeApproximately(0.9 / 3, 1e-15);
        score.Hd95.Should().BeApproximately((3.0 + 90 + 90) / 3, 1e-12);
        score.SizeError.Should().BeApproximately((8 + 5 - 12) / 12.0, 1e-15);
        score.AbsoluteSizeError.Should().BeApproximately((0 + 1.0) / 2, 1e-15);
        (score.Structures, score.Missed, score.FalseAlarms).Should().Be((2, 1, 1));
        score.ClassDice.Should().ContainSingle().Which.Should().Be(score.Dice);
    }

    [Fact]
    public void Classes_AreAveragedWithinACase_ThenCases()
    {
        var score = SetScore.Of(
        [
            TestExperiment.Case("both", TestExperiment.Class(1, 5, 0, 0), TestExperiment.Class(2, 1, 0, 2)),
            TestExperiment.Case("one", TestExperiment.Class(1, 0, 0, 0), TestExperiment.Class(2, 4, 4, 0)),
        ]);
        score.Dice.Should().BeApproximately((((1 + 0.5) / 2) + (2.0 / 3)) / 2, 1e-15);
        score.PooledDice.Should().BeApproximately((1 + (10.0 / 16)) / 2, 1e-15);
        score.ClassIou.Should().Equal(1, 5.0 / 11);
        score.ClassDice.Should().HaveCount(2);
        score.ClassDice[0].Should().Be(1);
        score.ClassDice[1].Should().BeApproximately((0.5 + (2.0 / 3)) / 2, 1e-15);
        score.SizeError.Should().BeApproximately((0 + ((9.0 / 7) - 1)) / 2, 1e-15);
    }

    [Fact]
    public void NothingToCount_IsNotANumber()
    {
        var score = SetScore.Of([TestExperiment.Case("nothing", TestExperiment.Class(1, 0, 0, 0))]);
        new[] { score.Dice, score.Iou, score.Nsd, score.Hd95, score.SizeError, score.AbsoluteSizeError, score.ClassDice[0], score.PooledDice, score.PooledIou, score.ClassIou[0] }
            .Should().AllSatisfy(value => value.Should().Be(double.NaN));
    }

    [Fact]
    public void CasesThatHaveNothing_ChangeOnlyFalseAlarmsAndNoMean() => Gen.Int[0, 1000].Sample(seed =>
    {
        var cases = TestExperiment.Random(TestExperiment.Settings("CE", 1), seed).Runs[0].Test;
        SetScore.Of([.. cases, TestExperiment.Case("nothing", TestExperiment.Class(1, 0, 0, 0, double.NaN))])
            .Should().BeEquivalentTo(SetScore.Of(cases), options => options.Excluding(score => score.ClassShare), "only background is added");
    }, iter: 50);

    [Fact]
    public void Spread_IsTheSampleStandardDeviation()
    {
        Spread.Of([1, 2, 6]).Should().Be(new Spread(3, Math.Sqrt(7)));
        Spread.Of([5]).Should().Be(new Spread(5, double.NaN));
    }
}
