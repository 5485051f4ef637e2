using System.Globalization;
using System.Text.Json;
using CsvHelper;
using Spectre.Console;

namespace SegLossBias.Experiments.Tests.Reporting;

public class ExperimentReportTests
{
    private static readonly ExperimentSettings Settings = TestExperiment.Settings("CE,Dice,RCE(L1):lambda=0.5,RCE(L1):lambda=1", 1, 2, 3);

    private static string Write(ExperimentResults results, string folder)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No });
        console.Profile.Width = 140;
        ExperimentReport.Write(results, folder, console).Should().BeEquivalentTo(Directory.EnumerateFiles(folder).Select(Path.GetFileName));
        return text.ToString();
    }

    private static List<Dictionary<string, string>> Csv(string path)
    {
        using var reader = CsvReader.FromFile(path);
        var rows = new List<Dictionary<string, string>>();
        while (reader.Read())
        {
            rows.Add(reader.Headers.ToArray().ToDictionary(name => name, reader.GetString));
        }

        return rows;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>The table's mean DSC from the cases in plain loops.</summary>
    private static double MeanDice(IReadOnlyList<CaseResult> cases)
    {
        var (sum, count) = (0.0, 0);
        foreach (var item in cases)
        {
            var (inCase, classes) = (0.0, 0);
            foreach (var c in item.Classes)
            {
                var all = c.TruePositives + c.FalsePositives + c.TruePositives + c.FalseNegatives;
                if (all > 0)
                {
                    inCase += 2.0 * c.TruePositives / all;
                    classes++;
                }
            }

            if (classes > 0)
            {
                sum += inCase / classes;
                count++;
            }
        }

        return sum / count;
    }

    [Fact]
    public void Files_HoldWhatTheRunsHold()
    {
        using var folder = new TemporaryFolder();
        var results = TestExperiment.Random(Settings, 7, classes: 2);
        var runs = results.Runs;
        Write(results, folder.Path);

        var rows = Csv(folder["results.csv"]);
        rows.Should().HaveCount(2 * runs.Count);
        foreach (var run in runs)
        {
            foreach (var (set, cases) in new[] { ("test", run.Test), ("validation", run.Validation) })
            {
                var row = rows.Single(row => (row["set"], row["loss"], row["seed"]) == (set, run.Loss, run.Seed.ToString(CultureInfo.InvariantCulture)));
                Number(row["dsc"]).Should().BeApproximately(MeanDice(cases), 1e-14);
                Number(row["structures"]).Should().Be(cases.Sum(item => item.Classes.Count(c => c.TruePositives + c.FalseNegatives > 0)));
                Number(row["training_seconds"]).Should().Be(2.75);
            }
        }

        var table = MarkdownText.Read(File.ReadAllText(folder["results.md"])).Tables[0];
        foreach (var (row, loss) in table.Skip(1).Zip(Settings.Losses))
        {
            var means = runs.Where(run => run.Loss == loss.Text).Select(run => MeanDice(run.Test)).ToArray();
            row[0].Should().Be(loss.Label);
            var parts = row[1].Replace("**", "").Replace("<u>", "").Replace("</u>", "").Split(" ± ").Select(Number).ToArray();
            parts[0].Should().BeApproximately(100 * means.Average(), 0.0501);
            parts[1].Should().BeApproximately(100 * Math.Sqrt(means.Sum(mean => Math.Pow(mean - means.Average(), 2)) / 2), 0.0501);
        }

        using var json = JsonDocument.Parse(File.ReadAllText(folder["results.json"]));
        var losses = json.RootElement.GetProperty("Sets")[0].GetProperty("Losses");
        losses.GetArrayLength().Should().Be(4);
        losses[1].GetProperty("Scores").GetProperty("dsc").GetProperty("Mean").GetDouble().Should()
            .BeApproximately(runs.Where(run => run.Loss == "Dice").Average(run => MeanDice(run.Test)), 1e-14);
        json.RootElement.GetProperty("Comparisons")[1].GetProperty("Pairs").GetArrayLength().Should().Be(6);

        var cases2 = Csv(folder["cases.csv"]);
        cases2.Should().HaveCount(runs.Sum(run => run.Test.Concat(run.Validation).Sum(item => item.Classes.Count)));
        var last = runs[^1].Validation[^1].Classes[^1];
        cases2.Single(row => (row["set"], row["loss"], row["seed"], row["case"], row["class"]) == ("validation", runs[^1].Loss, "3", "validation 8", "2"))
            .Should().Contain("true_positives", last.TruePositives.ToString(CultureInfo.InvariantCulture))
            .And.Contain("hd95", last.Hd95.ToString("R", CultureInfo.InvariantCulture)).And.Contain("class_name", "class 2");

        var epochs = Csv(folder["epochs.csv"]);
        epochs.Should().HaveCount(2 * runs.Count);
        epochs[0].Should().Contain("parts_of_last_batch", "CE 0.5, L1 0.25").And.Contain("validation_loss", "NaN").And.Contain("loss", "CE");
    }

    [Fact]
    public void TheBestEpoch_IsInEveryFile()
    {
        using var folder = new TemporaryFolder();
        var results = TestExperiment.Random(Settings, 7, classes: 2);
        var others = TestExperiment.Random(Settings, 17, classes: 2);
        results = results with { Runs = [.. results.Runs.Zip(others.Runs, (run, other) => run with { Best = new(1, other.Validation, other.Test) })] };
        Write(results, folder.Path);
        var rows = Csv(folder["results.csv"]).Where(row => row["reported_epoch"] == "best" && row["set"] == "test").ToArray();
        rows.Should().HaveCount(results.Runs.Count);
        foreach (var run in results.Runs)
        {
            var row = rows.Single(row => (row["loss"], row["seed"]) == (run.Loss, run.Seed.ToString(CultureInfo.InvariantCulture)));
            row["epoch"].Should().Be("1");
            Number(row["dsc"]).Should().BeApproximately(MeanDice(run.Best!.Test), 1e-14).And.NotBe(MeanDice(run.Test));
        }

        Csv(folder["cases.csv"]).Count(row => row["reported_epoch"] == "best").Should().Be(results.Runs.Sum(run => run.Best!.Test.Concat(run.Best.Validation).Sum(item => item.Classes.Count)));
        Csv(folder["significance.csv"]).Select(row => row["family"]).Distinct().Should().Equal("reference", "pairs", "reference_best", "pairs_best");
        using var json = JsonDocument.Parse(File.ReadAllText(folder["results.json"]));
        json.RootElement.GetProperty("Sets")[0].GetProperty("BestEpochs")[0].GetProperty("Epochs")[2].GetInt32().Should().Be(1);
        MarkdownText.Read(File.ReadAllText(folder["results.md"])).Tables[0].Count(row => row[0].EndsWith("best epoch", StringComparison.Ordinal)).Should().Be(Settings.Losses.Count);
    }

    [Fact]
    public void Significance_IsTheSameInBothFiles()
    {
        using var folder = new TemporaryFolder();
        Write(TestExperiment.Random(Settings, 8, cases: 20), folder.Path);
        var rows = Csv(folder["significance.csv"]);
        rows.Select(row => row["family"]).Should().Equal([.. Enumerable.Repeat("reference", 3), .. Enumerable.Repeat("pairs", 6)]);
        var (headings, tables, paragraphs) = MarkdownText.Read(File.ReadAllText(folder["significance.md"]));
        headings.Should().Equal("test set, against CE", "test set, all pairs");
        foreach (var (row, cells) in rows.Zip(tables.SelectMany(table => table.Skip(1))))
        {
            Number(cells[3]).Should().Be(Number(row["n"]));
            cells[6].Should().Be((100 * Number(row["mean_difference"])).ToString("+0.00;−0.00;0.00", CultureInfo.InvariantCulture));
            Number(row["mean_difference"]).Should().BeInRange(Number(row["mean_difference_low"]), Number(row["mean_difference_high"]));
            Number(cells[8]).Should().BeApproximately(Number(row["p"]), 0.05 * Number(row["p"]) + 0.0005);
            cells[9].StartsWith("**", StringComparison.Ordinal).Should().Be(Number(row["corrected_p"]) < 0.05);
        }

        paragraphs.Should().AllSatisfy(note => note.Should().Contain("cases of one patient are not independent"));
    }

    [Fact]
    public void GroupsOfTheCases_AreTheUnitsOfTheTest()
    {
        using var folder = new TemporaryFolder();
        var results = TestExperiment.Random(Settings, 8, cases: 20);
        CaseResult[] Grouped(IReadOnlyList<CaseResult> cases) => [.. cases.Select((item, i) => item with { Group = $"patient {i / 4}" })];
        Write(results with { Runs = [.. results.Runs.Select(run => run with { Test = Grouped(run.Test), Validation = Grouped(run.Validation) })] }, folder.Path);
        Csv(folder["significance.csv"]).Should().AllSatisfy(row => Number(row["n"]).Should().BeLessThanOrEqualTo(5));
        Csv(folder["cases.csv"]).Select(row => row["group"]).Distinct().Should().Equal(Enumerable.Range(0, 5).Select(i => $"patient {i}"));
        File.ReadAllText(folder["significance.md"]).Should().Contain("paired by group of cases").And.NotContain("as if they were");
    }

    [Fact]
    public void NamesWithCommasAndQuotes_ComeBack()
    {
        using var folder = new TemporaryFolder();
        const string Name = "scan, \"left\" | eye\n; *b*";
        var settings = TestExperiment.Settings("CE", 1);
        var run = TestExperiment.Run(new(settings.Losses[0], 1), [TestExperiment.Case(Name, TestExperiment.Class(1, 1, 2, 3), TestExperiment.Class(2, 1, 2, 3))], note: "stopped, \"why\"");
        Write(new ExperimentResults(settings, [run with { Classes = ["background", "cup, disc", "a|b *"] }], []), folder.Path);
        Csv(folder["cases.csv"]).Select(row => (row["case"], row["class_name"])).Should().Equal((Name, "cup, disc"), (Name, "a|b *"));
        Csv(folder["results.csv"]).Should().ContainSingle().Which.Should().Contain("note", "stopped, \"why\"");
        MarkdownText.Read(File.ReadAllText(folder["results.md"])).Tables[1][0].Should().Equal("loss", "cup, disc", "a|b *");
    }

    [Fact]
    public void Console_ShowsWholeTablesAndWhatIsMissing()
    {
        using var folder = new TemporaryFolder();
        var results = TestExperiment.Random(Settings, 9, classes: 19);
        var dropped = new RunKey(Settings.Losses[1], 3);
        var text = Write(results with { Runs = [.. results.Runs.Where(run => (run.Loss, run.Seed) != (dropped.Loss.Text, dropped.Seed))], Missing = [dropped] }, folder.Path);
        var lines = text.Split('\n');
        text.Should().Contain("No result: Dice, seed 3").And.Contain("Dice: 2 of 3 seeds only").And.Contain("test set, against CE").And.NotContain("…");
        Enumerable.Range(1, 19).Should().AllSatisfy(number => lines.Should().Contain(line => line.Contains($" class {number} ")));
        lines.Should().AllSatisfy(line => line.TrimEnd('\r').Length.Should().BeLessThanOrEqualTo(140));
        File.ReadAllText(folder["results.md"]).Should().Contain("No result: Dice, seed 3");
    }

    [SkippableTheory]
    [InlineData("results.md")]
    [InlineData("results.csv")]
    [InlineData("cases.csv")]
    [InlineData("epochs.csv")]
    [InlineData("significance.md")]
    [InlineData("significance.csv")]
    [InlineData("results.json")]
    public void AFullDisk_IsNamed_AndTheOldFileStays(string file)
    {
        Skip.IfNot(File.Exists("/dev/full"), "there is no /dev/full, which stands for a full disk");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder[file], "old");
        File.CreateSymbolicLink(folder[file] + ".part", "/dev/full");
        var write = () => Write(TestExperiment.Random(Settings, 10), folder.Path);
        write.Should().Throw<UserError>().WithMessage($"{folder[file]} cannot be written: *space*");
        File.ReadAllText(folder[file]).Should().Be("old");
    }

    [Fact]
    public void NothingToReport_IsSaid()
    {
        using var folder = new TemporaryFolder();
        var write = () => ExperimentReport.Write(new ExperimentResults(Settings, [], [.. Settings.Runs]), folder.Path);
        write.Should().Throw<UserError>().WithMessage("*none of the 12 runs*");
    }
}
