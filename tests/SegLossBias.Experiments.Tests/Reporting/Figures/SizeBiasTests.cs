using CsCheck;

namespace SegLossBias.Experiments.Tests.Reporting.Figures;

public class SizeBiasTests
{
    private static readonly Gen<OverlapCounts> Counts =
        Gen.Select(Gen.Int[0, 30], Gen.Int[0, 30], Gen.Int[0, 30], (both, more, less) => new OverlapCounts(both, more, less, 100 - both - more - less));

    private static readonly Gen<RunResult> Runs = Counts.Array[2].Array[1, 25].Select(cases => Invented.Run("CE", 1, cases));

    [Fact]
    public void Groups_AreThoseOfPlainLoops() => Gen.Select(Runs, Gen.Int[1, 7]).Sample((run, groups) =>
    {
        var regions = new List<OverlapCounts>();
        foreach (var result in run.Validation)
        {
            foreach (var class_ in result.Classes)
            {
                if (class_.TruePositives + class_.FalseNegatives > 0)
                {
                    regions.Add(class_.Counts);
                }
            }
        }

        regions = [.. regions.OrderBy(region => region.TruePositives + region.FalseNegatives)];
        var expected = new List<(double, double)>();
        for (var group = 0; group < groups; group++)
        {
            var (truth, predicted, pixels) = (0.0, 0.0, 0.0);
            for (var rank = 0; rank < regions.Count; rank++)
            {
                if (rank * groups / regions.Count == group)
                {
                    truth += regions[rank].TruePositives + regions[rank].FalseNegatives;
                    predicted += regions[rank].TruePositives + regions[rank].FalsePositives;
                    pixels += 100;
                }
            }

            if (pixels > 0)
            {
                expected.Add((truth / pixels, predicted / truth));
            }
        }

        SizeBias.BySize([run], groups).Should().Equal(expected);
    }, iter: 200);

    [Fact]
    public void Run_IsAllItsForegroundTogether()
    {
        SizeBias.OfRun(Invented.Run("CE", 1, [new(10, 5, 10, 75)], [new(0, 30, 5, 65)])).Should().Be(45.0 / 25);
        SizeBias.OfRun(Invented.Run("CE", 1, [new OverlapCounts(0, 3, 0, 97)])).Should().Be(double.NaN);
    }

    [Fact]
    public void WithoutABackground_ARunIsTheMeanOverItsClasses()
    {
        var run = Invented.Run("CE", 1, [new(70, 10, 10, 10), new(10, 0, 10, 80)], [new(80, 10, 0, 10), new(10, 0, 10, 80)]) with { Classes = ["road", "car"] };
        SizeBias.OfRun(run).Should().BeApproximately(((170.0 / 160) + (20.0 / 40)) / 2, 1e-12);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1.1, 0.0414)]
    [InlineData(0.5, -0.301)]
    [InlineData(0, -0.301)]
    [InlineData(50, 0.301)]
    public void Axis_ShowsRatiosByTheirLogarithm_AndTheRestAtItsEnds(double ratio, double at) =>
        new RatioAxis([0, 1, 50], inside: [0.6, 1.1]).At(ratio).Should().BeApproximately(at, 1e-3);
}
