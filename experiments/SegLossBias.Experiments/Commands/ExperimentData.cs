using static System.FormattableString;

namespace SegLossBias.Experiments.Commands;

/// <summary>Reads the data of an experiment, and says what it is and what had to be left out.</summary>
internal static class ExperimentData
{
    private const int NamedFiles = 10;

    /// <param name="settings">Which data.</param>
    /// <param name="folder">Receives <c>left-out.txt</c> and <c>notes.txt</c> if there is anything to name.</param>
    public static CaseSplits Load(ExperimentSettings settings, string folder)
    {
        var leftOut = new List<string>();
        try
        {
            var data = DataLayouts.Load(settings, leftOut);
            if (settings.Mode == OutputMode.Binary && (data.Classes.Count != 2 || data.FirstMeasured != 1))
            {
                throw UserError.Usage($"--mode binary: a single logit tells background and one class, but the data has {string.Join(", ", data.Classes)}; leave the option out");
            }

            Describe(settings, data);
            Name("note", data.Notes, folder, "notes.txt");
            return data;
        }
        finally
        {
            Name("left out", leftOut, folder, "left-out.txt");
        }
    }

    private static void Name(string what, IReadOnlyList<string> lines, string folder, string file)
    {
        foreach (var line in lines.Take(NamedFiles))
        {
            Console.Error.WriteLine($"{what}: {line}");
        }

        if (lines.Count > 0)
        {
            var list = Path.Combine(folder, file);
            File.WriteAllLines(list, lines);
            Console.Error.WriteLine(Invariant($"{what}: {lines.Count} in all, all named in {list}"));
        }
    }

    private static void Describe(ExperimentSettings settings, CaseSplits data)
    {
        var cases = settings.Dimensions == 3 ? "volumes" : "pictures";
        var test = data.Test.Count > 0 ? Invariant($", {data.Test.Count} to test") : "";
        Console.WriteLine(Invariant($"{data.Origin}: {data.Train.Count} {cases} to train on, {data.Validation.Count} to validate{test};")
            + Invariant($" {string.Join('×', settings.Size)} {(settings.WholeVolumes ? "tiles of whole volumes" : settings.Dimensions == 3 ? "patches" : "pixels")}, {data.Classes.Count} classes, {Foreground(data)}"));
        Console.WriteLine(Invariant($"{settings.Losses.Count} losses ({string.Join(", ", settings.Losses.Select(loss => loss.Label))}), seeds {string.Join(", ", settings.Seeds)}, {settings.Epochs} epochs,")
            + Invariant($" batches of {settings.Batch}, {settings.Optimizer}, learning rate {settings.LearningRate} ({settings.Schedule}), {settings.Device}; same weights and batches for every loss of a seed"));
        Console.WriteLine();
    }

    private static string Foreground(CaseSplits data)
    {
        if (data.FirstMeasured == 0)
        {
            return "none of them background";
        }

        var shares = data.Train.Concat(data.Validation).Concat(data.Test).Select(ForegroundShare).ToArray();
        return Invariant($"{100 * shares.Average():0.000} % foreground ({100 * shares.Min():0.000} % to {100 * shares.Max():0.000} %)");
    }

    private static double ForegroundShare(Case item)
    {
        using var foreground = item.Labels.gt(KeptScalars.Zero);
        using var valid = item.Labels.ne(KeptScalars.Ignored);
        using var both = foreground.logical_and(valid);
        using var found = both.sum();
        using var all = valid.sum();
        return (double)found.item<long>() / Math.Max(1, all.item<long>());
    }
}
