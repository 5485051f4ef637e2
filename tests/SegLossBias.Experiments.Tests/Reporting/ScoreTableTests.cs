
namespace SegLossBias.Experiments.Tests.Reporting;

public class ScoreTableTests
{
    private static CaseResult[] Found(int of100, int more = 0) => [TestExperiment.Case("a", TestExperiment.Class(1, of100, more, 100 - of100, nsd: of100 / 100.0, hd95: 100 - of100))];

    private static MeasuredSet Set(ExperimentSettings settings, params RunResult[] runs) =>
        MeasuredSet.All(new ExperimentResults(settings, runs, [])).Should().ContainSingle().Subject;

    [Fact]
    public void Cells_AreMeanAndDeviationOverSeeds_BestBoldSecondUnderlined()
    {
        var settings = TestExperiment.Settings("CE,Dice,RCE(L1):lambda=0.5", 1, 2);
        var (ce, dice, rce) = (settings.Losses[0], settings.Losses[1], settings.Losses[2]);
        var set = Set(
            settings,
            TestExperiment.Run(new(ce, 1), Found(100)), TestExperiment.Run(new(ce, 2), Found(0)),
            TestExperiment.Run(new(dice, 1), Found(60, 90)), TestExperiment.Run(new(dice, 2), Found(60, 90)),
            TestExperiment.Run(new(rce, 1), Found(50), note: "the loss became NaN"));
        var table = ScoreTable.Overall(set, settings);

        table.Title.Should().Be("test set, 1 case");
        table.Headers.Should().Equal("loss", "DSC %", "pooled DSC %", "IoU %", "pooled IoU %", "NSD %", "HD95 px", "size error %", "|size error| %", "missed", "false alarms", "structures");
        table.Rows.Select(row => row.Select(cell => cell.Text)).Should().BeEquivalentTo(
            (string[][])
            [
                ["CE", "50.0 ± 70.7", "50.0 ± 70.7", "50.0 ± 70.7", "50.0 ± 70.7", "50.0 ± 70.7", "45.00 ± 63.64", "−50.0 ± 70.7", "50.0 ± 70.7", "0.5", "0", "1"],
                ["Dice", "48.0 ± 0.0", "48.0 ± 0.0", "31.6 ± 0.0", "31.6 ± 0.0", "60.0 ± 0.0", "40.00 ± 0.00", "+50.0 ± 0.0", "50.0 ± 0.0", "0", "0", "1"],
                ["RCE(L1) λ=0.5 *", "66.7", "66.7", "50.0", "50.0", "50.0", "50.00", "−50.0", "50.0", "0", "0", "1"],
            ],
            options => options.WithStrictOrdering());
        string Places(int column) => string.Join(' ', table.Rows.Select(row => row[column].Emphasis));
        Places(1).Should().Be("Second None Best");
        Places(3).Should().Be("Best Second Best");
        Places(5).Should().Be("Second Best Second");
        Places(6).Should().Be("Second Best None");
        Places(7).Should().Be("None None None");
        table.Notes.Take(2).Should().Equal(
            "* RCE(L1) λ=0.5, seed 1: the loss became NaN; the values are those after epoch 2 of 3",
            "RCE(L1) λ=0.5: 1 of 2 seeds only");
        table.Notes[^1].Should().Contain("tolerance 1 px").And.Contain("over 2 seeds").And.Contain("counts 0, and the diagonal for HD95");
    }

    [Fact]
    public void TheBestEpoch_HasRowsOfItsOwnInEveryTable()
    {
        var settings = TestExperiment.Settings("CE,RCE(L1):lambda=0.5,RCE(L1):lambda=1", 1);
        RunResult Run(int loss, int last, int best)
        {
            CaseResult[] Two(int of100) => [TestExperiment.Case("a", TestExperiment.Class(1, of100, 0, 100 - of100), TestExperiment.Class(2, of100, 0, 0))];
            return TestExperiment.Run(new(settings.Losses[loss], 1), Two(last)) with { Best = new(2, [], Two(best)) };
        }

        var set = Set(settings, Run(0, 50, 60), Run(1, 40, 80), Run(2, 30, 70));
        var overall = ScoreTable.Overall(set, settings);
        overall.Rows.Select(row => $"{row[0].Text}: {row[3].Text} {row[3].Emphasis}").Should().Equal(
            "CE: 75.0 Best", "RCE(L1) λ=0.5: 70.0 Second", "RCE(L1) λ=1: 65.0 None",
            "CE, best epoch: 80.0 None", "RCE(L1) λ=0.5, best epoch: 90.0 Best", "RCE(L1) λ=1, best epoch: 85.0 Second");
        overall.Notes[^1].Should().Contain("the best DSC on the validation cases").And.NotContain("flattered");
        ScoreTable.PerClass(set, settings)!.Rows.Select(row => row[0].Text).Should().Equal(overall.Rows.Select(row => row[0].Text));
        AblationTable.Of(set)!.Headers.Should().Equal("λ", "RCE(L1)", "RCE(L1), best epoch");
        ComparisonFamily.Of(set).Select(family => family.Title).Should().Equal(
            "test set, against CE", "test set, all pairs", "test set, best epoch, against CE", "test set, best epoch, all pairs");
    }

    [Fact]
    public void IouPerClass_StandsBelowTheSharesOfTheClasses()
    {
        var settings = TestExperiment.Settings("CE,Dice", 1);
        CaseResult[] Cases(int missed) =>
        [
            TestExperiment.Case("a", TestExperiment.Class(0, 600 - missed, 0, missed), TestExperiment.Class(1, 10, 30, 0), TestExperiment.Class(2, 0, 0, 0)),
            TestExperiment.Case("b", TestExperiment.Class(0, 400, 0, 0), TestExperiment.Class(1, 10, 0, 0), TestExperiment.Class(2, 0, 0, 0)),
        ];
        var runs = settings.Losses.Select((loss, i) => TestExperiment.Run(new(loss, 1), Cases(100 * (i + 1))) with { Classes = ["road", "car", "sky"] }).ToArray();
        var table = ScoreTable.IouPerClass(Set(settings, runs), settings)!;
        table.Headers.Should().Equal("loss", "road", "car", "sky", "mean");
        table.Rows.Select(row => string.Join(' ', row.Select(cell => cell.Text))).Should().Equal(
            "share of pixels % 50.00 1.00 0.00 ",
            "CE 90.0 40.0 – 65.0",
            "Dice 80.0 40.0 – 60.0");
        ScoreTable.IouPerClass(Set(settings, TestExperiment.Run(new(settings.Losses[0], 1), Found(50))), settings).Should().BeNull();
    }

    [Fact]
    public void ARunWithoutAnEpoch_IsThatOfTheUntrainedNetwork()
    {
        var settings = TestExperiment.Settings("CE", 1);
        var run = TestExperiment.Run(new(settings.Losses[0], 1), Found(10), note: "the loss became NaN in epoch 1 of 3") with { Epochs = [] };
        ScoreTable.Overall(Set(settings, run), settings).Notes[0]
            .Should().Be("* CE, seed 1: the loss became NaN in epoch 1 of 3; the values are those of the untrained network");
    }

    [Fact]
    public void Volumes_HaveMillimetres() => ScoreTable.DistanceUnit(TestExperiment.Settings("CE", 1) with { Layout = "Nifti", Size = [8, 8, 8] }).Should().Be("mm");

    [Fact]
    public void SeveralClasses_HaveATableOfTheirOwn()
    {
        var settings = TestExperiment.Settings("CE", 1);
        CaseResult[] cases = [TestExperiment.Case("a", TestExperiment.Class(1, 10, 0, 0), TestExperiment.Class(2, 0, 0, 0), TestExperiment.Class(3, 5, 0, 10))];
        var table = ScoreTable.PerClass(Set(settings, TestExperiment.Run(new(settings.Losses[0], 1), cases)), settings)!;
        table.Headers.Should().Equal("loss", "class 1", "class 2", "class 3");
        table.Rows.Should().ContainSingle().Which.Select(cell => cell.Text).Should().Equal("CE", "100.0", "–", "50.0");
        ScoreTable.PerClass(Set(settings, TestExperiment.Run(new(settings.Losses[0], 1), Found(50))), settings).Should().BeNull();
    }

    [Fact]
    public void WithoutABackground_EveryClassStandsUnderItsOwnName()
    {
        var settings = TestExperiment.Settings("CE", 1);
        CaseResult[] cases = [TestExperiment.Case("a", TestExperiment.Class(0, 10, 0, 0), TestExperiment.Class(1, 0, 0, 8), TestExperiment.Class(2, 5, 0, 10))];
        var run = TestExperiment.Run(new(settings.Losses[0], 1), cases) with { Classes = ["road", "car", "sky"] };
        var table = ScoreTable.PerClass(Set(settings, run), settings)!;
        table.Headers.Should().Equal("loss", "road", "car", "sky");
        table.Rows.Should().ContainSingle().Which.Select(cell => cell.Text).Should().Equal("CE", "100.0", "0.0", "50.0");
    }

    [Fact]
    public void Sets_AreTestAndValidation()
    {
        var results = TestExperiment.Random(TestExperiment.Settings("CE,Dice", 1), 3);
        MeasuredSet.All(results).Select(set => set.Name).Should().Equal("test", "validation");
        MeasuredSet.All(results with { Runs = [.. results.Runs.Select(run => run with { Test = [] })] }).Select(set => set.Name).Should().Equal("validation");
        MeasuredSet.All(results with { Runs = [] }).Should().BeEmpty();
    }

    [Fact]
    public void Ablation_HasARowPerLambdaAndAColumnPerLoss()
    {
        var settings = TestExperiment.Settings("CE,RCE(L1):lambda=1,RCE(L1):lambda=0.1,RCE(KL),RCE(KL):lambda=0.1,DBCE:lambda=0.5", 1);
        var set = Set(settings, [.. settings.Losses.Select((loss, i) => TestExperiment.Run(new(loss, 1), Found((i + 1) * 10)))]);
        var table = AblationTable.Of(set)!;
        table.Headers.Should().Equal("λ", "RCE(L1)", "RCE(KL)");
        table.Rows.Select(row => string.Join(' ', row.Select(cell => cell.Text + cell.Emphasis))).Should().Equal(
            "0.1None 46.2Best 66.7Best", "1None 33.3Second –None", "defaultNone –None 57.1Second");
        AblationTable.Of(Set(TestExperiment.Settings("CE,Dice", 1), TestExperiment.Run(new(new("CE"), 1), Found(1)))).Should().BeNull();
    }
}
