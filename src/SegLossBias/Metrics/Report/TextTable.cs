namespace SegLossBias;

/// <summary>A table as text: aligned columns, or Markdown, in which a bar within a cell is escaped.</summary>
internal static class TextTable
{
    internal static string Markdown(IReadOnlyList<string[]> rows) => Lines(
        [.. rows.Select(row => row.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)).ToArray())], "| ", " | ", " |", '-');

    internal static string Plain(IReadOnlyList<string[]> rows) => Lines(rows, "", "  ", "", null);

    /// <param name="rows">The first one is the head. The first two columns are text, the others numbers.</param>
    /// <param name="start">Of a line.</param>
    /// <param name="between">Two cells.</param>
    /// <param name="end">Of a line.</param>
    /// <param name="rule">What a line below the head is made of; null for none.</param>
    private static string Lines(IReadOnlyList<string[]> rows, string start, string between, string end, char? rule)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        string Line(IEnumerable<string> cells) => $"{start}{string.Join(between, cells)}{end}".TrimEnd();
        var lines = rows.Select(row => Line(row.Select((cell, column) => column < 2 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))).ToList();
        if (rule is { } line)
        {
            lines.Insert(1, Line(widths.Select((width, column) => column < 2 ? new string(line, width) : $"{new string(line, Math.Max(1, width - 1))}:")));
        }

        return string.Join('\n', lines);
    }
}
