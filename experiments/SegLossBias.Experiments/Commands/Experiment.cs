using System.Diagnostics;
using TorchSharp;
using static System.FormattableString;

namespace SegLossBias.Experiments.Commands;

/// <summary>What the commands do, from settings to tables and figures.</summary>
internal static class Experiment
{
    /// <summary>Trains the runs that have no result yet, and reports.</summary>
    /// <param name="settings">What to train.</param>
    /// <param name="folder">Where results are, or will be.</param>
    /// <param name="resume">Whether the folder may hold results already.</param>
    /// <param name="report">Whether tables and figures are made.</param>
    /// <param name="again">What goes on after Ctrl-C, as a sentence says it.</param>
    /// <returns>The exit code.</returns>
    public static int Run(ExperimentSettings settings, string folder, bool resume, bool report, string again)
    {
        var watch = Stopwatch.StartNew();
        var device = Device(settings);
        using var held = OutputLock.Take(folder);
        var continued = Continuation.Settings(settings, folder, resume);
        using var data = ExperimentData.Load(settings, folder);
        Continuation.RequireSameData(folder, data);
        ResultFolder.SaveSettings(folder, continued);
        var stopped = Train(settings, data, device, folder);
        if (stopped)
        {
            Console.Error.WriteLine($"stopped; {again} goes on");
        }

        if (report && ResultFolder.Load(folder) is { Runs.Count: > 0 } results)
        {
            WriteReport(results, folder);
        }

        Console.WriteLine(Invariant($"{watch.Elapsed.TotalSeconds:0} s in all"));
        return stopped ? Interruption.ExitCode : 0;
    }

    /// <summary>Makes tables and figures of saved results anew.</summary>
    public static int Report(string folder)
    {
        using var held = OutputLock.Take(folder);
        WriteReport(ResultFolder.Load(folder), folder);
        return 0;
    }

    /// <summary>Writes the commands of an experiment, for others to run.</summary>
    public static int Plan(ExperimentSettings settings, string folder, string program)
    {
        OutputFolder.Prepare(folder);
        var files = Planner.Write(settings, folder, program);
        Console.WriteLine(Invariant($"{settings.Runs.Count()} runs. Written to {folder}: {string.Join(", ", files)}"));
        return 0;
    }

    /// <summary>Merges result folders and reports them; gaps are named and give exit code 1.</summary>
    public static int Collect(IReadOnlyList<string> folders, string into)
    {
        using var held = OutputLock.Take(into);
        var outcome = Collector.Collect([.. folders.SelectMany(Parts)], into);
        if (outcome.Results.Runs.Count > 0)
        {
            WriteReport(outcome.Results, into);
        }

        foreach (var gap in outcome.Gaps)
        {
            Console.Error.WriteLine($"missing: {gap}");
        }

        Console.WriteLine(Invariant($"{outcome.Copied} results collected, {outcome.Results.Runs.Count} there, {outcome.Gaps.Count} missing"));
        return outcome.IsComplete ? 0 : UserError.Failed;
    }

    /// <summary>Training alone has something to keep when it is interrupted; Ctrl-C ends all else at once.</summary>
    /// <returns>Whether it was interrupted.</returns>
    private static bool Train(ExperimentSettings settings, CaseSplits data, torch.Device device, string folder)
    {
        using var interruption = new Interruption();
        ExperimentTraining.Run(settings, data, device, folder, interruption.Token);
        return interruption.Token.IsCancellationRequested;
    }

    /// <summary>A folder of results or a plan itself, then those below it.</summary>
    private static IEnumerable<string> Parts(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new UserError($"there is no folder {folder}");
        }

        var parts = Directory.EnumerateFiles(folder, ResultFolder.SettingsFile, SearchOption.AllDirectories).Select(file => Path.GetDirectoryName(file)!).Order(StringComparer.Ordinal).ToArray();
        return parts.Length > 0 ? parts : throw new UserError($"{folder} holds no results: there is no {ResultFolder.SettingsFile} in it or below");
    }

    private static void WriteReport(ExperimentResults results, string folder)
    {
        PictureText.UseInPlots();
        var tables = ExperimentReport.Write(results, folder);
        var figures = ExperimentFigures.Draw(results, folder);
        Console.WriteLine();
        foreach (var note in figures.LeftOut)
        {
            Console.WriteLine(note);
        }

        Console.WriteLine($"Written to {folder}: {string.Join(", ", tables.Concat(figures.Files))}");
    }

    private static torch.Device Device(ExperimentSettings settings)
    {
        if (settings.Threads > 0)
        {
            torch.set_num_threads(settings.Threads);
        }

        return settings.Device switch
        {
            "cpu" => torch.CPU,
            "cuda" when torch.cuda.is_available() => torch.CUDA,
            _ => throw new UserError("--device cuda: this build of libtorch finds no CUDA device (build with the environment variable TorchBackend set to cuda-linux or cuda-windows, and check the driver)"),
        };
    }
}
