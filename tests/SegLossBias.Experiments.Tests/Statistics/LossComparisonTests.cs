using SegLossBias.Experiments.Tests.Reporting;

namespace SegLossBias.Experiments.Tests.Statistics;

public class LossComparisonTests
{
    /// <summary>Runs whose case i has 100 true pixels of which the given number is found: DSC = 2f / (100 + f).</summary>
    private static LossScores Scores(string loss, params (int Seed, (string Case, int Found)[] Cases)[] runs) => new(LossSpec.Parse(loss), [.. runs.Select(run =>
    {
        CaseResult[] cases = [.. run.Cases.Select(item => item.Found < 0
            ? TestExperiment.Case(item.Case, TestExperiment.Class(1, 0, 0, 0))
            : TestExperiment.Case(item.Case, TestExperiment.Class(1, item.Found, 0, 100 - item.Found)))];
        return new RunScore(TestExperiment.Run(new(LossSpec.Parse(loss), run.Seed), cases), 2, cases, SetScore.Of(cases));
    })]);

    private static double Dice(int found) => 2.0 * found / (100 + found);

    private static LossComparison Compare(LossScores one, LossScores other) =>
        LossComparison.Of([(one, other)]).Should().ContainSingle().Subject;

    [Fact]
    public void Cases_ArePairedByName_AndAveragedOverCommonSeeds()
    {
        var one = Scores("CE", (1, [("a", 10), ("b", 20)]), (2, [("b", 40), ("a", 30), ("only here", 99)]), (3, [("a", 99)]));
        var other = Scores("Dice", (2, [("a", 35), ("b", 10)]), (1, [("b", 30), ("a", 15)]), (4, [("a", 0)]));
        var comparison = Compare(one, other);
        comparison.Seeds.Should().BeEquivalentTo([1, 2]);
        var a = (Dice(10) + Dice(30) - Dice(15) - Dice(35)) / 2;
        var b = (Dice(20) + Dice(40) - Dice(30) - Dice(10)) / 2;
        comparison.MedianDifference.Should().BeApproximately((a + b) / 2, 1e-11);
        (comparison.Test.Pairs, comparison.Test.PositiveRanks, comparison.Test.NegativeRanks).Should().Be((2, 2, 1));
    }

    [Fact]
    public void CasesOfOneGroup_AreOneUnit()
    {
        var one = Scores("CE", (1, [("p1-left", 10), ("p1-right", 20), ("p2-left", 30)]));
        var other = Scores("Dice", (1, [("p1-left", 50), ("p1-right", 15), ("p2-left", 20)]));
        Compare(one, other).Test.Pairs.Should().Be(3);
        var grouped = Compare(Grouped(one), Grouped(other));
        grouped.Test.Pairs.Should().Be(2);
        grouped.MedianDifference.Should().BeApproximately((((Dice(10) + Dice(20) - Dice(50) - Dice(15)) / 2) + Dice(30) - Dice(20)) / 2, 1e-11);

        static LossScores Grouped(LossScores scores) => scores with
        {
            Runs = [.. scores.Runs.Select(run => run with { Cases = [.. run.Cases.Select(item => item with { Group = item.Name.Split('-')[0] })] })],
        };
    }

    [Fact]
    public void CaseWithoutAValue_CountsForNeither()
    {
        var one = Scores("CE", (1, [("a", -1), ("b", 20)]));
        var other = Scores("Dice", (1, [("a", 50), ("b", 10)]));
        Compare(one, other).Test.Pairs.Should().Be(1);
        Compare(other, one).MedianDifference.Should().BeApproximately(Dice(10) - Dice(20), 1e-11);
    }

    [Fact]
    public void EqualDifferences_AreTiesDespiteRounding()
    {
        var one = Scores("CE", (1, [("a", 10), ("b", 10)]), (2, [("a", 30), ("b", 50)]), (3, [("a", 50), ("b", 30)]));
        var other = Scores("Dice", (1, [("a", 0), ("b", 0)]), (2, [("a", 0), ("b", 0)]), (3, [("a", 0), ("b", 0)]));
        Compare(one, other).Test.PositiveRanks.Should().Be(3);
        Compare(one, other).Test.IsExact.Should().Be(false);
    }

    [Fact]
    public void WithoutACommonSeed_ThereIsNoComparison() =>
        LossComparison.Of([(Scores("CE", (1, [("a", 1)])), Scores("Dice", (2, [("a", 1)])))]).Should().BeEmpty();

    [Fact]
    public void LossWithoutACommonSeed_IsCountedAndTheOthersAreCompared()
    {
        var settings = TestExperiment.Settings("CE,Dice,DBCE", 1, 2);
        var results = TestExperiment.Random(settings, 4);
        var set = MeasuredSet.All(results with { Runs = [.. results.Runs.Where(run => run.Seed == (run.Loss == "DBCE" ? 2 : 1))] })[0];
        var families = ComparisonFamily.Of(set);
        families.Select(family => (family.Comparisons.Count, family.LeftOut)).Should().Equal((1, 1), (1, 2));
        SignificanceTable.Of(families[1]).Notes[0].Should().Be("Left out, without a case of a seed in common: 2 of 3 pairs");
    }

    [Fact]
    public void Families_CorrectOverTheirOwnComparisons()
    {
        var set = MeasuredSet.All(TestExperiment.Random(TestExperiment.Settings("CE,Dice,RCE(L1),DBCE", 1, 2), 4, cases: 25))[0];
        var families = ComparisonFamily.Of(set);
        families.Select(family => family.Comparisons.Count).Should().Equal(3, 6);
        foreach (var family in families)
        {
            family.Comparisons.Select(one => one.CorrectedP).Should().Equal(Holm.Correct([.. family.Comparisons.Select(one => one.Test.PValue)]));
        }

        families[0].Comparisons.Select(one => (one.Loss.Name, one.Against.Name)).Should().Equal(("Dice", "CE"), ("RCE(L1)", "CE"), ("DBCE", "CE"));
        families[0].Comparisons.Select(one => one.Test).Should().BeSubsetOf(families[1].Comparisons.Select(one => one.Test));
    }
}
