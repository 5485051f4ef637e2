using System.Globalization;

namespace SegLossBias.Experiments.Tests.Reporting;

public class RankingTests
{
    private static string OneDecimal(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    [Fact]
    public void WhatLooksTheSame_SharesItsPlace() => Ranking.Of([1.24, 3, 1.2, 2, double.NaN], OneDecimal)
        .Should().Equal(Emphasis.Best, Emphasis.None, Emphasis.Best, Emphasis.Second, Emphasis.None);

    [Fact]
    public void WhatCannotBeToldApart_HasNoPlace()
    {
        Ranking.Of([5, 5], OneDecimal).Should().Equal(Emphasis.None, Emphasis.None);
        Ranking.Of([5, double.NaN], OneDecimal).Should().Equal(Emphasis.None, Emphasis.None);
    }

    /// <summary>Size errors of −3 %, +1 % and +2 %: the sign does not make one better.</summary>
    [Theory]
    [InlineData("size_error", -0.03, 0.01, 0.02, "None Best Second")]
    [InlineData("size_error", -0.01, 0.01, 0.02, "Best Best Second")]
    [InlineData("dsc", 0.7, 0.9, 0.8, "None Best Second")]
    [InlineData("hd95", 7, 9, 8, "Best None Second")]
    public void Metrics_KnowWhatIsBetter(string key, double first, double second, double third, string places)
    {
        var metric = ScoreMetric.All("px").Single(metric => metric.Key == key);
        var losses = new[] { first, second, third }.Select(value => new LossScores(LossSpec.Parse("CE"), [new RunScore(null!, 1, [], Score(value))]));
        string.Join(' ', metric.Column(losses).Select(cell => cell.Emphasis)).Should().Be(places);
    }

    private static SetScore Score(double value) => new(value, value, value, value, value, value, value, value, 1, 0, 0, [value], [value], [value]);
}
