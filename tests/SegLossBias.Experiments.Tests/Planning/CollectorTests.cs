using CsCheck;
using SegLossBias.Experiments.Tests.Reporting;

namespace SegLossBias.Experiments.Tests.Planning;

public class CollectorTests
{
    private static readonly ExperimentSettings Settings = TestExperiment.Settings("CE,Dice,RCE(L1):lambda=0.5", 1, 2);
    private static readonly ExperimentResults Whole = TestExperiment.Random(Settings, 11);

    private static RunResult Result(RunKey run) => Whole.Runs.Single(result => (result.Loss, result.Seed) == (run.Loss.Text, run.Seed));

    private static string Part(string folder, ExperimentSettings settings, params IEnumerable<RunKey> runs)
    {
        ResultFolder.SaveSettings(folder, settings);
        foreach (var run in runs)
        {
            ResultFolder.SaveResult(folder, run, Result(run));
        }

        return folder;
    }

    private static string Part(string folder, RunKey run) => Part(folder, Settings with { Losses = [run.Loss], Seeds = [run.Seed] }, run);

    private static string Tables(ExperimentResults results) =>
        string.Concat(MeasuredSet.All(results).Select(set => ScoreTable.Overall(set, results.Settings).ToMarkdown()));

    [Fact]
    public void AnyPartition_GivesTheTableOfOneFolder() => Gen.Int[0, 3].Array[6].Sample(partOfRun =>
    {
        using var folder = new TemporaryFolder();
        var runs = Settings.Runs.ToArray();
        var parts = Enumerable.Range(0, 4).Where(partOfRun.Contains).Select(part =>
        {
            RunKey[] mine = [.. runs.Where((_, i) => partOfRun[i] == part)];
            return Part(folder[$"part {part}"], Settings with
            {
                Losses = [.. mine.Select(run => run.Loss).Distinct()], Seeds = [.. mine.Select(run => run.Seed).Distinct()],
                Device = part == 1 ? "cuda" : "cpu", Threads = part, Data = $"/data{part}",
            }, mine);
        });
        var outcome = Collector.Collect([Part(folder["plan"], Settings), .. parts], folder["all"]);
        (outcome.IsComplete, outcome.Copied).Should().Be((true, 6));
        Tables(outcome.Results).Should().Be(Tables(Whole));
        outcome.Results.Runs.Should().BeEquivalentTo(Whole.Runs, options => options.WithStrictOrdering());
    }, iter: 12);

    [Fact]
    public void Order_IsThatOfFirstAppearance_OrThePlans()
    {
        using var folder = new TemporaryFolder();
        var runs = Settings.Runs.ToArray();
        string[] parts = [Part(folder["a"], runs[5]), Part(folder["b"], runs[0])];
        var without = Collector.Collect(parts, folder["without"]);
        without.Results.Settings.Losses.Select(loss => loss.Name).Should().Equal("RCE(L1)", "CE");
        without.Results.Settings.Seeds.Should().Equal(2, 1);
        without.Gaps.Should().HaveCount(2);

        var with = Collector.Collect([.. parts, Part(folder["plan"], Settings)], folder["with"]);
        with.Results.Settings.Should().BeEquivalentTo(Settings, options => options.WithStrictOrdering());
        with.Gaps.Select(gap => gap.ToString()).Should().Equal(
            "Dice, seed 1: no result", "RCE(L1) λ=0.5, seed 1: no result", "CE, seed 2: no result", "Dice, seed 2: no result");
    }

    [Fact]
    public void CollectingAgain_ChangesNothing_AndTakesWhatIsNew()
    {
        using var folder = new TemporaryFolder();
        var runs = Settings.Runs.ToArray();
        var plan = Part(folder["plan"], Settings);
        string[] parts = [Part(folder["a"], runs[0]), Part(folder["b"], runs[1])];
        Collector.Collect([plan, parts[0]], plan).Copied.Should().Be(1);
        var before = Snapshot(plan);
        Collector.Collect([plan, parts[0]], plan).Copied.Should().Be(0);
        Snapshot(plan).Should().Equal(before);
        var outcome = Collector.Collect([plan, .. parts], plan);
        (outcome.Copied, outcome.Gaps.Count).Should().Be((1, 4));
        outcome.Results.Settings.Should().BeEquivalentTo(Settings, options => options.WithStrictOrdering());
    }

    [Fact]
    public void PicturesMasksAndDiagnostics_ComeAlong_AndNothingElse()
    {
        using var folder = new TemporaryFolder();
        var run = Settings.Runs.First();
        var from = ResultFolder.RunFolder(Part(folder["a"], run), run);
        foreach (var file in new[] { Path.Combine(from, "masks", "00.png"), Path.Combine(from, ResultFolder.DiagnosticsFile), Path.Combine(from, "checkpoint.safetensors"), folder["a", "shown", "x.png"] })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, "");
        }

        Collector.Collect([folder["a"]], folder["all"]);
        Snapshot(ResultFolder.RunFolder(folder["all"], run)).Select(file => file.Name).Should().Equal("diagnostics.json", "masks/00.png", "result.json");
        File.Exists(folder["all", "shown", "x.png"]).Should().Be(true);
    }

    [Fact]
    public void UnfinishedRun_IsNamedWithItsFolder()
    {
        using var folder = new TemporaryFolder();
        var run = Settings.Runs.First();
        ResultFolder.SaveSettings(folder["a"], Settings with { Losses = [run.Loss], Seeds = [run.Seed] });
        Directory.CreateDirectory(ResultFolder.RunFolder(folder["a"], run));
        Collector.Collect([folder["a"]], folder["all"]).Gaps.Should().ContainSingle().Which.Reason.Should()
            .Be($"begun in {ResultFolder.RunFolder(folder["a"], run)}, but not finished");
    }

    [Fact]
    public void Conflicts_AreRefusedBeforeAnythingIsWritten()
    {
        using var folder = new TemporaryFolder();
        var run = Settings.Runs.First();
        var (a, same, other) = (Part(folder["a"], run), Part(folder["same"], run), Part(folder["other"], Settings with { Epochs = 4 }));
        void Refused(string[] folders, params string[] parts) => FluentActions.Invoking(() => Collector.Collect(folders, folder["all"]))
            .Should().Throw<UserError>().Which.Message.Should().ContainAll(parts);

        Refused([a, same], "CE, seed 1 is there twice", a, same);
        Refused([a, other], "Epochs is 3 in", "but 4 in", a, other);
        Refused([a, folder["nowhere"]], "nowhere has no experiment.json");
        Refused([], "no folder");
        File.WriteAllText(Path.Combine(ResultFolder.RunFolder(same, run), "result.json"), "{ \"Loss\": ");
        Refused([same], Path.Combine(ResultFolder.RunFolder(same, run), "result.json"), "cannot be read");
        ResultFolder.SaveResult(same, run, Result(Settings.Runs.Last()));
        Refused([same], ResultFolder.RunFolder(same, run), "not of CE, seed 1", "run it again");
        File.WriteAllText(Path.Combine(ResultFolder.RunFolder(same, run), "result.json"), "{}");
        Refused([same], ResultFolder.RunFolder(same, run), "cannot be read", "Loss");
        Directory.Exists(folder["all"]).Should().Be(false);

        Collector.Collect([a], folder["all"]);
        ResultFolder.SaveResult(same, run, Result(run) with { Note = "another" });
        Refused([same], "different results", folder["all"], same);
        ResultFolder.LoadResult(folder["all"], run).Should().BeEquivalentTo(Result(run));
    }

    [Fact]
    public void ResultsOfOtherData_AreRefused()
    {
        using var folder = new TemporaryFolder();
        var runs = Settings.Runs.ToArray();
        string WithData(string part, RunKey run, string data)
        {
            Part(part, run);
            ResultFolder.SaveResult(part, run, Result(run) with { Data = data });
            return part;
        }

        var (a, b, c) = (WithData(folder["a"], runs[0], "nine"), WithData(folder["b"], runs[1], "eight"), WithData(folder["c"], runs[2], "nine"));
        void Refused(params string[] folders) => FluentActions.Invoking(() => Collector.Collect(folders, folder["all"]))
            .Should().Throw<UserError>().Which.Message.Should().ContainAll("CE, seed 1 in", "had nine", $"Dice, seed 1 in {b} had eight", "left-out.txt");

        Refused(a, b);
        Directory.Exists(folder["all"]).Should().Be(false);
        Collector.Collect([a, c], folder["all"]).Copied.Should().Be(2);
        Refused(b);
    }

    private static (string Name, string Content)[] Snapshot(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => (Path.GetRelativePath(folder, file).Replace('\\', '/'), File.ReadAllText(file))).Order()];
}
