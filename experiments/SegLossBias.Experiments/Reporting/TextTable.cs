using System.Text;
using System.Text.RegularExpressions;
using Spectre.Console;

namespace SegLossBias.Experiments.Reporting;

internal enum Emphasis
{
    None,
    Best,
    Second,
}

internal readonly record struct Cell(string Text, Emphasis Emphasis = Emphasis.None);

/// <summary>A table for the console and for Markdown; the best cells are bold, the second best underlined.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Headers">One per column; the first column is aligned left, the others right.</param>
/// <param name="Rows">As many cells each as there are headers.</param>
/// <param name="Notes">Lines below: what the numbers mean and what is special about a row.</param>
internal sealed partial record TextTable(
    string Title, IReadOnlyList<string> Headers, IReadOnlyList<IReadOnlyList<Cell>> Rows, IReadOnlyList<string> Notes)
{
    private const int BorderPerColumn = 3;

    /// <summary>Text of the user's, such as a class name, in which no character means anything to Markdown or HTML.</summary>
    public static string Escape(string text) => Special().Replace(text.ReplaceLineEndings(" "), @"\$0");

    public string ToMarkdown()
    {
        var text = new StringBuilder($"## {Escape(Title)}\n\n");
        text.Append("| ").AppendJoin(" | ", Headers.Select(Escape)).Append(" |\n");
        text.Append("| --- |").Insert(text.Length, " ---: |", Headers.Count - 1).Append('\n');
        foreach (var row in Rows)
        {
            text.Append("| ").AppendJoin(" | ", row.Select(Markdown)).Append(" |\n");
        }

        return text.Append('\n').AppendJoin("\n\n", Notes.Select(Escape)).Append('\n').ToString();
    }

    /// <summary>Prints the table, in parts where it is wider than the console: each repeats the first column.</summary>
    public void Print(IAnsiConsole console)
    {
        console.WriteLine(Title);
        foreach (var columns in Parts(console.Profile.Width))
        {
            var table = new Table { Border = TableBorder.Rounded };
            foreach (var column in columns)
            {
                var header = new TableColumn(Markup.Escape(Headers[column])).NoWrap();
                table.AddColumn(column == 0 ? header : header.RightAligned());
            }

            foreach (var row in Rows)
            {
                table.AddRow([.. columns.Select(column => Styled(row[column]))]);
            }

            console.Write(table);
        }

        foreach (var note in Notes)
        {
            console.WriteLine(note);
        }

        console.WriteLine();
    }

    private static string Markdown(Cell cell) => cell.Emphasis switch
    {
        Emphasis.Best => $"**{Escape(cell.Text)}**",
        Emphasis.Second => $"<u>{Escape(cell.Text)}</u>",
        _ => Escape(cell.Text),
    };

    private static string Styled(Cell cell) => cell.Emphasis switch
    {
        Emphasis.Best => $"[bold]{Markup.Escape(cell.Text)}[/]",
        Emphasis.Second => $"[underline]{Markup.Escape(cell.Text)}[/]",
        _ => Markup.Escape(cell.Text),
    };

    [GeneratedRegex(@"[\\`*_{}\[\]<>|#&~]")]
    private static partial Regex Special();

    private List<List<int>> Parts(int width)
    {
        int Width(int column) => BorderPerColumn + Rows.Select(row => row[column].Text).Append(Headers[column]).Max(text => new Text(text).Length);
        var parts = new List<List<int>>();
        var left = 0;
        for (var column = 1; column < Headers.Count; column++)
        {
            if (parts.Count == 0 || Width(column) > left)
            {
                parts.Add([0]);
                left = width - 1 - Width(0);
            }

            parts[^1].Add(column);
            left -= Width(column);
        }

        return parts;
    }
}
