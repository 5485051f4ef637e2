using SegLossBias.Benchmarks.Measuring;

namespace SegLossBias.Benchmarks.Reporting;

/// <summary>The results of the quick run as text: lines for the console, CSV and Markdown.</summary>
internal static class QuickTable
{
    private static readonly int[] Widths = [.. QuickResult.Columns.Select((column, index) => index switch { 0 => 16, 1 => 9, _ => Math.Max(9, column.Length) })];

    public static void PrintHeader() => Console.WriteLine("# " + Line(QuickResult.Columns));

    public static void Print(QuickResult result) => Console.WriteLine(Line(result.Fields()));

    public static void SaveCsv(IEnumerable<QuickResult> results, string file) =>
        Save(file, [QuickResult.Columns, .. results.Select(result => result.Fields())], fields => string.Join(',', fields));

    /// <summary>A table for a README, one row per shape and loss.</summary>
    public static void SaveMarkdown(IEnumerable<QuickResult> results, string file) =>
        Save(file, [QuickResult.Columns, ["---", "---", .. QuickResult.Columns.Skip(2).Select(_ => "---:")], .. results.Select(result => result.Fields())],
            fields => $"| {string.Join(" | ", fields)} |");

    private static void Save(string file, IEnumerable<IReadOnlyList<string>> rows, Func<IReadOnlyList<string>, string> line)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        File.WriteAllText(file, string.Concat(rows.Select(row => line(row) + "\n")));
    }

    /// <summary>Names to the left, numbers to the right, at least one blank between.</summary>
    private static string Line(IReadOnlyList<string> fields) =>
        string.Join(' ', fields.Select((field, index) => index < 2 ? field.PadRight(Widths[index]) : field.PadLeft(Widths[index])));
}
