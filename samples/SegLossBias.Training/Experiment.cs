using System.Diagnostics;
using TorchSharp;
using static System.FormattableString;

namespace SegLossBias.Training;

/// <summary>One invocation from its settings to its pictures.</summary>
internal static class Experiment
{
    private const int TrainingPictures = 320;
    private const int ValidationPictures = 96;
    private const int ShownPictures = 6;
    private const int NamedFiles = 10;

    /// <returns>The exit code.</returns>
    public static int Run(RunSettings settings, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        if (settings.Data is { } folder && !Directory.Exists(folder))
        {
            throw new UserError($"--data: there is no folder {folder}");
        }

        OutputFolder.Prepare(settings.Out);
        var device = Device(settings.Device);
        using var read = settings.Data is null ? Generate(settings) : Load(settings);
        using var data = read.To(device);
        Announce(settings, data);

        var results = Train(settings, data, device, stop);
        Console.WriteLine();
        if (results.Runs.Count == 0)
        {
            throw new UserError("nothing to report: " + string.Join("; ", results.Missing), stop.IsCancellationRequested ? Interruption.ExitCode : UserError.Failed);
        }

        var files = Report.Write(results);
        Console.WriteLine();
        Console.WriteLine(Invariant($"{watch.Elapsed.TotalSeconds:0} s in all. Written to {settings.Out}: {string.Join(", ", files)}"));
        return stop.IsCancellationRequested ? Interruption.ExitCode : 0;
    }

    private static Results Train(RunSettings settings, DataSplits data, torch.Device device, CancellationToken stop)
    {
        var runs = settings.Seeds.SelectMany(seed => settings.Losses.Select(loss => new Run(loss, seed))).ToList();
        var trainer = new Trainer(settings, data, device);
        var shown = Overlays.Choose(data.Validation, ShownPictures);
        ProgressView.Show(runs.Count, trainer.StepsPerRun, settings.Epochs, progressOf =>
        {
            foreach (var run in runs)
            {
                if (stop.IsCancellationRequested)
                {
                    break;
                }

                var label = settings.Seeds.Count == 1 ? run.Loss : Invariant($"{run.Loss} #{run.Seed}");
                trainer.Train(run, shown, progressOf(label), stop);
            }
        });
        var missing = runs.Where(run => run.Epochs.Count == 0)
            .Select(run => Invariant($"{run.Loss}, seed {run.Seed}: no result ({run.Note ?? "not begun"})"));
        return new Results(settings, data, [.. runs.Where(run => run.Epochs.Count > 0)], [.. missing], shown);
    }

    private static DataSplits Generate(RunSettings settings) => new(
        SyntheticFundus.Create("train", TrainingPictures, settings.Size, settings.DataSeed),
        SyntheticFundus.Create("validation", ValidationPictures, settings.Size, settings.DataSeed + 1_000_000),
        null, Invariant($"generated fundus-like pictures (seed {settings.DataSeed})"));

    private static DataSplits Load(RunSettings settings)
    {
        var leftOut = new List<string>();
        try
        {
            return ImageFolder.Load(settings.Data!, settings, leftOut);
        }
        finally
        {
            foreach (var line in leftOut.Take(NamedFiles))
            {
                Console.Error.WriteLine($"left out: {line}");
            }

            if (leftOut.Count > 0)
            {
                var list = Path.Combine(settings.Out, "left-out.txt");
                File.WriteAllLines(list, leftOut);
                Console.Error.WriteLine($"files left out: {leftOut.Count}, named in {list}");
            }
        }
    }

    private static torch.Device Device(string name) => name switch
    {
        "cpu" => torch.CPU,
        "cuda" when torch.cuda.is_available() => torch.CUDA,
        _ => throw new UserError("--device cuda: this build of libtorch finds no CUDA device (build with the environment variable TorchBackend set to cuda-linux or cuda-windows, and check the driver)"),
    };

    private static void Announce(RunSettings settings, DataSplits data)
    {
        var sizes = data.Train.ForegroundProportions();
        var test = data.Test is null ? "" : Invariant($", {data.Test.Count} to test");
        Console.WriteLine(Invariant($"{data.Origin}: {data.Train.Count} pictures to train on, {data.Validation.Count} to validate{test};")
            + Invariant($" {settings.Size}×{settings.Size} pixels, {100 * sizes.Average():0.00} % foreground ({100 * sizes.Min():0.00} % to {100 * sizes.Max():0.00} %)"));
        Console.WriteLine(Invariant($"{settings.Losses.Count} losses ({string.Join(", ", settings.Losses)}), {settings.Epochs} epochs,")
            + Invariant($" batches of {settings.Batch}, learning rate {settings.LearningRate}, {settings.Device}; same weights and batches for every loss"));
        Console.WriteLine();
    }
}
