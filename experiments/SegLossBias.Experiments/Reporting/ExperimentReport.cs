using System.Text;
using Spectre.Console;
using static System.FormattableString;

namespace SegLossBias.Experiments.Reporting;

/// <summary>Prints the tables of an experiment and writes them, with the numbers behind them, into a folder.</summary>
internal static class ExperimentReport
{
    /// <param name="results">One run at least.</param>
    /// <param name="folder">Where the files go; each replaces an older one as a whole or not at all.</param>
    /// <param name="console">Null for the program's own.</param>
    /// <returns>The files written, by name.</returns>
    /// <exception cref="UserError">There is no run to report, or a file cannot be written.</exception>
    public static IReadOnlyList<string> Write(ExperimentResults results, string folder, IAnsiConsole? console = null)
    {
        console ??= AnsiConsole.Console;
        var sets = MeasuredSet.All(results);
        if (sets.Count == 0)
        {
            throw new UserError($"nothing to report: none of the {results.Missing.Count} runs has a result");
        }

        Directory.CreateDirectory(folder);
        string File(string name) => Path.Combine(folder, name);
        var tables = sets.SelectMany(set => new[] { ScoreTable.Overall(set, results.Settings), ScoreTable.PerClass(set, results.Settings), ScoreTable.IouPerClass(set, results.Settings), AblationTable.Of(set) }.OfType<TextTable>()).ToArray();
        var families = ComparisonFamily.Of(sets[0]);
        var comparisons = families.Select(SignificanceTable.Of).ToArray();
        var missing = results.Missing.Select(run => $"No result: {run}").ToArray();
        foreach (var table in tables.Concat(comparisons.Take(1)))
        {
            table.Print(console);
        }

        foreach (var line in missing)
        {
            console.WriteLine(line);
        }

        WriteText(File("results.md"), "# Segmentation losses compared\n\n" + Description(results), tables, missing);
        ResultCsv.Results(File("results.csv"), sets);
        ResultCsv.Cases(File("cases.csv"), sets);
        ResultCsv.Epochs(File("epochs.csv"), results);
        WriteText(File("significance.md"), "# Losses compared in pairs\n\n", comparisons, comparisons.Length == 0 ? ["There are no two losses to compare."] : []);
        ResultCsv.Significance(File("significance.csv"), families);
        ResultJson.Write(File("results.json"), results, sets, families);
        return ["results.md", "results.csv", "cases.csv", "epochs.csv", "significance.md", "significance.csv", "results.json"];
    }

    private static string Description(ExperimentResults results)
    {
        var settings = results.Settings;
        return string.Join("; ", results.Runs.Select(run => TextTable.Escape(run.Origin)).Distinct())
            + Invariant($". {settings.Network}{Encoder(settings)} of widths {string.Join(", ", settings.Widths)} on {string.Join("×", settings.Size)}{(settings.Fit == FitKind.Pad ? " (padded)" : "")}; ")
            + Invariant($"{(settings.Mode == OutputMode.Binary ? "one logit; " : "")}{settings.Epochs} epochs; batches of {settings.Batch}; ")
            + Invariant($"{settings.Optimizer}, learning rate {settings.LearningRate}, schedule {settings.Schedule}, weight decay {settings.WeightDecay}; augmentation {settings.Augmentation}; ")
            + Invariant($"seeds {string.Join(", ", settings.Seeds)}; {settings.Device}. ")
            + "For one seed every loss starts from the same weights and sees the same batches.\n\n";
    }

    private static string Encoder(ExperimentSettings settings) => settings.Encoder == EncoderKind.None ? "" : $" on {settings.Encoder} ({Path.GetFileName(settings.EncoderWeights)})";

    private static void WriteText(string path, string head, IEnumerable<TextTable> tables, IEnumerable<string> lines)
    {
        var text = new StringBuilder(head);
        foreach (var part in tables.Select(table => table.ToMarkdown()).Concat(lines.Select(line => TextTable.Escape(line) + "\n")))
        {
            text.Append(part).Append('\n');
        }

        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text.ToString().TrimEnd() + "\n")));
    }
}
