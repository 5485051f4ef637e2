using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using SegLossBias.Experiments.Tests.Support;

namespace SegLossBias.Experiments.Tests.Commands;

/// <summary>The program from outside: what a user types, sees and finds on the disk.</summary>
public class ProgramTests
{
    private static readonly string[] Small = SmallWith("CE,RCE(L1)", "1,2", 3);

    [Fact]
    public void ComparisonKilledAndResumed_GivesTheSameTableAsAnUnbrokenOne()
    {
        using var folder = new TemporaryFolder();
        var (unbroken, broken) = (folder["unbroken"], folder["broken"]);
        ExperimentProgram.Run(["compare", .. Small, "--out", unbroken]).ExitCode.Should().Be(0);

        // Killed three times, each time once a further file of results or a checkpoint has appeared.
        for (var kills = 1; kills <= 3; kills++)
        {
            using var program = ExperimentProgram.Start(["compare", .. Small, "--out", broken, "--resume"]);
            WaitForFiles(program, broken, kills);
            program.Kill();
        }

        ResultFolder.Load(broken).Missing.Should().NotBeEmpty("the kills must have come before the end");
        ExperimentProgram.Run(["compare", .. Small, "--out", broken, "--resume"]).ExitCode.Should().Be(0);
        Table(broken).Should().Be(Table(unbroken));
        WithoutSeconds(ResultFolder.Load(broken)).Should().BeEquivalentTo(WithoutSeconds(ResultFolder.Load(unbroken)), options => options.WithStrictOrdering());
    }

    [Fact]
    public void PlannedRunsInProcessesOfTheirOwn_MergeIntoTheTableOfOneProcess()
    {
        using var folder = new TemporaryFolder();
        var (one, plan, merged) = (folder["one"], folder["plan"], folder["merged"]);
        ExperimentProgram.Run(["compare", .. Small, "--out", one]).ExitCode.Should().Be(0);
        ExperimentProgram.Run(["plan", .. Small, "--out", plan]).ExitCode.Should().Be(0);
        var commands = File.ReadAllLines(Path.Combine(plan, "commands.txt"));
        commands.Should().HaveCount(4);
        foreach (var command in commands)
        {
            using var worker = ExperimentProgram.StartProcess("sh", ["-c", command], plan);
            worker.ExitCode().Should().Be(0, worker.Errors);
        }

        ExperimentProgram.Run(["collect", plan, "--out", merged]).ExitCode.Should().Be(0);
        Table(merged).Should().Be(Table(one));
    }

    /// <summary>libtorch warns on standard error where a convolution goes another way; users shall not see that.</summary>
    [Theory]
    [InlineData("fpn", "32,32", "Multiclass")]
    [InlineData("unet", "32,32,16,16,16", "Binary")]
    public void APretrainedNetwork_TrainsQuietlyOnOneThread(string network, string widths, string mode)
    {
        using var folder = new TemporaryFolder();
        var (exitCode, output, errors) = ExperimentProgram.Run(
            "compare", "--size", "64", "--network", network, "--encoder", "resnet18", "--widths", widths, "--mode", mode, "--losses", "CE",
            "--epochs", "1", "--augment", "colour", "--threads", "1", "--out", folder["out"]);
        (exitCode, errors).Should().Be((0, ""), output);
        var result = ResultFolder.Load(folder["out"]).Runs.Should().ContainSingle().Subject;
        result.Epochs[0].ValidationLoss.Should().BeLessThan(Math.Log(2), "it does better than a coin");
        File.ReadAllText(folder["out", "results.md"]).Should().Contain("on ResNet18 (imagenet)").And.Contain("CE, best epoch");
        output.Should().NotContain("figure-3", "nothing is said of a figure that these results do not have");
    }

    [SkippableFact]
    public void TheCommandsOfTheReadme_PlanRunInParallelAndCollect()
    {
        Skip.If(!HasGnuParallel(), "GNU parallel is not installed (Debian's package parallel)");
        using var folder = new TemporaryFolder();
        var block = Regex.Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Docs", "README.md")), "^```sh\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)
            .Select(match => match.Groups[1].Value).Single(text => text.Contains("parallel", StringComparison.Ordinal));
        block.Should().NotContain("kubectl apply", "the manifest has no name, only what one is generated from");
        var commands = Regex.Replace(block, "plan --data .* --out plan", $"plan {string.Join(' ', Small.Select(Planner.Quote))} --out plan")
            .Replace("./build.sh demo", $"dotnet {Planner.Quote(ExperimentProgram.Assembly)}", StringComparison.Ordinal);
        using (var shell = ExperimentProgram.StartProcess("sh", ["-e", "-c", commands], folder.Path))
        {
            shell.ExitCode().Should().Be(0, shell.Errors);
        }

        var merged = Directory.GetDirectories(folder.Path).Single(found => File.Exists(Path.Combine(found, "results.md")));
        ExperimentProgram.Run(["compare", .. Small, "--out", folder["one"]]).ExitCode.Should().Be(0);
        Table(merged).Should().Be(Table(folder["one"]));
    }

    [SkippableFact]
    public void CtrlC_EndsCleanlyAndSaysHowToGoOn()
    {
        Skip.If(RuntimeInformation.IsOSPlatform(OSPlatform.Windows), "sends a Unix signal");
        using var folder = new TemporaryFolder();
        var results = folder["results"];
        using var program = ExperimentProgram.Start(["compare", .. SmallWith("CE", "1", 1000), "--out", results]);
        WaitForFiles(program, results, 1);
        program.Interrupt();
        program.ExitCode().Should().Be(130);
        program.Errors.Should().Contain($"the same command with --out '{results}' --resume goes on");
        Directory.EnumerateFiles(results, "*.part", SearchOption.AllDirectories).Should().BeEmpty();
    }

    [SkippableFact]
    public void CtrlC_InARunOfAPlan_SaysTheCommandThatGoesOn_AndItDoes()
    {
        Skip.If(RuntimeInformation.IsOSPlatform(OSPlatform.Windows), "sends a Unix signal");
        using var folder = new TemporaryFolder();
        ExperimentProgram.Run(["plan", .. SmallWith("CE", "1", 60), "--out", folder["plan"]]).ExitCode.Should().Be(0);
        string[] run = ["run", "--settings", folder["plan", "experiment.json"], "--loss", "CE", "--seed", "1", "--out", folder["part"]];
        using var program = ExperimentProgram.Start(run);
        WaitForFiles(program, folder["part"], 1);
        program.Interrupt();
        program.ExitCode().Should().Be(130);
        program.Errors.Should().Contain("stopped; the same command goes on").And.NotContain("--resume");
        var (code, output, _) = ExperimentProgram.Run(run);
        code.Should().Be(0);
        output.Should().Contain("goes on after epoch");
    }

    [SkippableTheory]
    [InlineData("figures")]
    [InlineData("compare --size 512 --losses CE")]
    public void CtrlC_OutsideOfTraining_EndsAtOnce(string command)
    {
        Skip.If(RuntimeInformation.IsOSPlatform(OSPlatform.Windows), "sends a Unix signal");
        using var folder = new TemporaryFolder();
        var results = folder["results"];
        using var program = ExperimentProgram.Start([.. command.Split(' '), "--out", results]);
        for (var watch = Stopwatch.StartNew(); !Directory.Exists(results) && watch.Elapsed < TimeSpan.FromMinutes(2); Thread.Sleep(5))
        {
        }

        program.Interrupt();
        program.ExitCode().Should().Be(130);
        (program.Output + program.Errors).Should().BeEmpty("neither figures nor data were there yet");
    }

    [Theory]
    [InlineData("--losses Hinge", "there is no loss 'Hinge'")]
    [InlineData("--epochs 0", "--epochs: 0 does not lie between 1 and 1000000")]
    [InlineData("--epochs abc", "--epochs: 'abc' is not a whole number")]
    [InlineData("nonsense", "nonsense")]
    [InlineData("--size 16x16x16", "pictures have height and width")]
    [InlineData("--seeds 1,1", "--seeds: 1 is named twice")]
    [InlineData("--lr fast", "--lr: 'fast' is not a number")]
    [InlineData("run --settings nowhere.json --loss CE --seed 1 --out x", "nowhere.json")]
    public void WrongOptions_AreOneLineOnStandardError(string arguments, string expected)
    {
        var (code, _, errors) = ExperimentProgram.Run(arguments.Split(' '));
        code.Should().BeOneOf(UserError.BadUsage, UserError.Failed);
        errors.TrimEnd().Split('\n').Should().ContainSingle().Which.Should().StartWith("error: ").And.Contain(expected);
    }

    [Fact]
    public void AFolderThatIsAFile_IsAClearError()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["taken"], "");
        var (code, _, errors) = ExperimentProgram.Run(["compare", .. Small, "--out", folder["taken"]]);
        code.Should().Be(UserError.Failed);
        errors.Should().StartWith("error: --out: cannot write to");
    }

    [Fact]
    public void OtherSettings_DoNotGoOnInAFolder()
    {
        using var folder = new TemporaryFolder();
        var results = folder["results"];
        var one = SmallWith("CE", "1", 1);
        ExperimentProgram.Run(["compare", .. one, "--out", results]).ExitCode.Should().Be(0);
        ExperimentProgram.Run(["compare", .. one, "--out", results]).Errors.Should().Contain("--resume");
        ExperimentProgram.Run(["compare", .. one, "--batch", "4", "--out", results, "--resume"]).Errors.Should().Contain("Batch");
    }

    [Fact]
    public void OtherData_DoesNotGoOnInAFolder_ButTheSameElsewhereDoes()
    {
        using var pictures = new PictureFolder();
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
        {
            foreach (var place in new[] { "here", "there" })
            {
                pictures.Grey($"{place}/images/{name}.png", 16, 16, (x, y) => (byte)((x * y) + name[0]));
                pictures.Grey($"{place}/masks/{name}.png", 16, 16, (x, y) => x < 6 ? (byte)255 : (byte)0);
            }
        }

        using var folder = new TemporaryFolder();
        string[] With(string place, string losses) => ["compare", .. SmallWith(losses, "1", 1), "--data", Path.Combine(pictures.FullName, place), "--out", folder["results"], "--resume"];
        ExperimentProgram.Run(With("here", "CE")).ExitCode.Should().Be(0);
        ExperimentProgram.Run(With("there", "Dice")).ExitCode.Should().Be(0);
        pictures.Truncate("there/images/c.png");
        var before = File.ReadAllText(folder["results", "experiment.json"]);
        var (code, _, errors) = ExperimentProgram.Run(With("there", "DBCE"));
        code.Should().Be(UserError.Failed);
        errors.Should().Contain("error: --data: ").And.Contain("CE, seed 1").And.Contain("4 to train, 1 to validate").And.Contain("3 to train, 1 to validate");
        File.ReadAllText(folder["results", "experiment.json"]).Should().Be(before);
    }

    private static string[] SmallWith(string losses, string seeds, int epochs) =>
        ["--losses", losses, "--seeds", seeds, "--size", "16", "--widths", "16,16", "--epochs", epochs.ToString(CultureInfo.InvariantCulture), "--threads", "1"];

    private static string Table(string folder) => File.ReadAllText(Path.Combine(folder, "results.md"));

    private static IEnumerable<RunResult> WithoutSeconds(ExperimentResults results) =>
        results.Runs.Select(run => run with { Epochs = [.. run.Epochs.Select(epoch => epoch with { Seconds = 0 })] });

    /// <summary>Waits until so many files lie below <c>runs/</c>, or the program has ended.</summary>
    private static void WaitForFiles(ExperimentProgram program, string folder, int count)
    {
        var runs = Path.Combine(folder, "runs");
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromMinutes(2); Thread.Sleep(20))
        {
            if (program.HasEnded || (Directory.Exists(runs) && Directory.EnumerateFiles(runs, "*", SearchOption.AllDirectories).Count() >= count))
            {
                return;
            }
        }

        throw new TimeoutException("nothing was saved within two minutes");
    }

    private static bool HasGnuParallel()
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        return path.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "parallel")));
    }
}
