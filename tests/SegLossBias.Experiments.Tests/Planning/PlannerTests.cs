using System.Diagnostics;
using SegLossBias.Experiments.Tests.Reporting;
using YamlDotNet.RepresentationModel;

namespace SegLossBias.Experiments.Tests.Planning;

public class PlannerTests
{
    private static readonly ExperimentSettings Settings = TestExperiment.Settings("CE,RCE(L1):lambda=0.5,RFL(KL)", 1, -2);

    [SkippableFact]
    public void Commands_RunEveryRunIntoAFolderOfItsOwn()
    {
        using var folder = new TemporaryFolder();
        Planner.Write(Settings, folder.Path, "printf '<%s>'");
        var lines = File.ReadAllLines(folder["commands.txt"]);
        lines.Select(line => Shell("sh", folder.Path, "-c", line)).Should().Equal(Settings.Runs.Select(run =>
            FormattableString.Invariant($"<run><--settings><experiment.json><--loss><{run.Loss.Text}><--seed><{run.Seed}><--out><parts/{run.FolderName}>")));
        Settings.Runs.Select(Planner.Part).Should().OnlyHaveUniqueItems();
    }

    [SkippableTheory]
    [InlineData("RCE(L1)")]
    [InlineData("it's $HOME `id` \"x\" \\ *")]
    public void Quote_MakesOneWord(string text) => Shell("sh", Path.GetTempPath(), "-c", $"printf '<%s>' {Planner.Quote(text)}").Should().Be($"<{text}>");

    [Fact]
    public void Settings_AreSavedBeside()
    {
        using var folder = new TemporaryFolder();
        Planner.Write(Settings, folder.Path, "train");
        ResultFolder.LoadSettings(folder.Path).Should().BeEquivalentTo(Settings);
    }

    [SkippableFact]
    public void SlurmScript_RunsTheLineOfItsTask()
    {
        using var folder = new TemporaryFolder();
        Planner.Write(Settings, folder.Path, "echo");
        Shell("bash", folder.Path, "-n", "slurm.sh").Should().BeEmpty();
        var script = File.ReadAllLines(folder["slurm.sh"]);
        script[0].Should().Be("#!/usr/bin/env bash");
        script.Should().Contain("#SBATCH --array=1-6").And.Contain("#SBATCH --output=slurm-%A_%a.log").And.NotContain(line => line.StartsWith("#SBATCH --gres"));
        script.SkipWhile(line => line.StartsWith('#')).Should().NotContain(line => line.StartsWith("#SBATCH"), "sbatch reads no options after the first command");
        Shell("bash", folder.Path, "-c", "SLURM_SUBMIT_DIR=$PWD SLURM_ARRAY_TASK_ID=6 bash slurm.sh | tail -n 1").Should()
            .Be("run --settings experiment.json --loss RFL(KL) --seed -2 --out parts/RFL_KL_-seed-2\n");
    }

    [SkippableFact]
    public void KubernetesJob_HasAnIndexPerLine()
    {
        using var folder = new TemporaryFolder();
        Planner.Write(Settings with { Device = "cuda", Threads = 6, Data = "/data/eyes" }, folder.Path, "echo");
        var text = File.ReadAllText(folder["job.yaml"]);
        using var reader = new StringReader(text);
        var stream = new YamlStream();
        stream.Load(reader);
        var job = stream.Documents.Should().ContainSingle().Subject.RootNode;
        (Value(job, "apiVersion"), Value(job, "kind")).Should().Be(("batch/v1", "Job"));
        var spec = job["spec"];
        (Value(spec, "completionMode"), Value(spec, "completions"), Value(spec, "parallelism"), Value(spec, "backoffLimitPerIndex")).Should().Be(("Indexed", "6", "6", "2"));
        var pod = spec["template"]["spec"];
        Value(pod, "restartPolicy").Should().Be("Never");
        var container = pod["containers"][0];
        Value(container["resources"]["limits"], "nvidia.com/gpu").Should().Be("1");
        Value(container["resources"]["requests"], "cpu").Should().Be("6");
        Value(container["volumeMounts"][0], "name").Should().Be(Value(pod["volumes"][0], "name"));
        Value(container["volumeMounts"][0], "mountPath").Should().Be(Value(container, "workingDir"));
        text.Split('\n').Where(line => line.Contains("REPLACE-WITH-")).Should().HaveCount(2).And.AllSatisfy(line => line.Should().Contain("# <-"));
        ((YamlSequenceNode)container["command"]).Select(node => node.ToString()).Should().Equal("sh", "-c");
        Shell("env", folder.Path, "JOB_COMPLETION_INDEX=0", "sh", "-c", Value(container["args"], 0)).Should()
            .EndWith("\nrun --settings experiment.json --loss CE --seed 1 --out parts/CE-seed1\n");
    }

    [Fact]
    public void Nonsense_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var plan = (ExperimentSettings settings, string command) => () => Planner.Write(settings, folder.Path, command);
        plan(Settings, "a\nb").Should().Throw<UserError>().WithMessage("*one line*");
        plan(TestExperiment.Settings("CE,CE", 1), "a").Should().Throw<UserError>().WithMessage("CE, seed 1 is there 2 times*");
        Directory.EnumerateFileSystemEntries(folder.Path).Should().BeEmpty();
        plan(Settings, "a").Should().NotThrow();
        plan(Settings, "b").Should().NotThrow();
        plan(Settings with { Epochs = 4 }, "a").Should().Throw<UserError>().WithMessage("*another experiment: its Epochs is 3, not 4*");
    }

    private static string Value(YamlNode node, object key) => (key is int index ? node[index] : node[(string)key]).ToString();

    private static string Shell(string program, string folder, params string[] arguments)
    {
        Skip.If(OperatingSystem.IsWindows(), "the scripts are for POSIX shells");
        var start = new ProcessStartInfo(program) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEnd(), process.StandardError.ReadToEnd());
        process.WaitForExit();
        (process.ExitCode, errors).Should().Be((0, ""));
        return output;
    }
}
