namespace SegLossBias.Experiments.Tests.Reporting.Figures;

public class CaseDiceTests
{
    private static readonly OverlapCounts Half = new(10, 10, 10, 70);
    private static readonly OverlapCounts Missed = new(0, 0, 20, 80);
    private static readonly OverlapCounts Nothing = new(0, 0, 0, 100);

    [Fact]
    public void Case_IsTheMeanOverItsClasses_WithoutThoseNeitherTrueNorPredicted() =>
        CaseDice.PerCase([Invented.Run("CE", 1, [Half, Missed], [Nothing, Half], [Nothing, Nothing])]).Should().Equal(0.25, 0.5);

    [Fact]
    public void Run_IsTheMeanOverItsCasesThatCount()
    {
        CaseDice.Of(Invented.Run("CE", 1, [Half, Missed], [Nothing, Half], [Nothing, Nothing])).Should().Be(0.375);
        CaseDice.Of(Invented.Run("CE", 1, [Nothing])).Should().Be(double.NaN);
    }

    [Fact]
    public void TestCases_AreMeasuredWhereThereAreAny()
    {
        var run = Invented.Run("CE", 1, [Missed]);
        CaseDice.Of(run with { Test = Invented.Run("CE", 1, [Half]).Validation }).Should().Be(0.5);
    }

    [Fact]
    public void PerCase_AveragesTheSeedsOfEachCase() =>
        CaseDice.PerCase([Invented.Run("CE", 1, [Half], [Missed]), Invented.Run("CE", 2, [Missed], [Missed])]).Should().Equal(0.25, 0);
}
