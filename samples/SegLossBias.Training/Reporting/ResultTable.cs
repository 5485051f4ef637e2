using System.Globalization;
using System.Text;
using Spectre.Console;

namespace SegLossBias.Training;

/// <summary>The results on one set of pictures, one row per loss; several seeds give mean ± standard deviation.</summary>
internal sealed class ResultTable
{
    private static readonly (string Header, string Format, Func<Score, double> Value)[] Columns =
    [
        ("DSC %", "0.0", score => 100 * score.Dice),
        ("IoU %", "0.0", score => 100 * score.Iou),
        ("pooled DSC %", "0.0", score => 100 * score.PooledDice),
        ("size true %", "0.00", score => 100 * score.TrueSize),
        ("size pred. %", "0.00", score => 100 * score.PredictedSize),
        ("size soft %", "0.00", score => 100 * score.SoftSize),
        ("size error %", "+0.0;−0.0;0.0", score => 100 * score.SizeError),
    ];

    private readonly List<string[]> _rows = [];

    private ResultTable(string title) => Title = title;

    public string Title { get; }

    private static string[] Headers => ["loss", .. Columns.Select(column => column.Header), "s per epoch"];

    /// <param name="title">Which pictures were measured.</param>
    /// <param name="results">All runs.</param>
    /// <param name="pictures">The pictures of a run to score; runs without any are left out.</param>
    public static ResultTable Of(string title, Results results, Func<Run, IReadOnlyList<Counts>> pictures)
    {
        var table = new ResultTable(title);
        foreach (var (loss, _) in results.Colours)
        {
            var runs = results.Runs.Where(run => run.Loss == loss && pictures(run).Count > 0).ToArray();
            if (runs.Length == 0)
            {
                continue;
            }

            var scores = runs.Select(run => Score.Of(pictures(run))).ToArray();
            table._rows.Add(
            [
                runs.Any(run => run.Note is not null) ? loss + " *" : loss,
                .. Columns.Select(column => Spread([.. scores.Select(column.Value)], column.Format)),
                Spread([.. runs.Select(run => run.SecondsPerEpoch)], "0.0"),
            ]);
        }

        return table;
    }

    public void Print()
    {
        var table = new Table { Title = new TableTitle(Markup.Escape(Title)), Border = TableBorder.Rounded };
        foreach (var header in Headers)
        {
            var column = new TableColumn(Markup.Escape(header));
            table.AddColumn(header == "loss" ? column.NoWrap() : column.RightAligned());
        }

        foreach (var row in _rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        AnsiConsole.Write(table);
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder($"## {Title}\n\n");
        text.Append("| ").AppendJoin(" | ", Headers).Append(" |\n");
        text.Append("| --- |").Insert(text.Length, " ---: |", Headers.Length - 1).Append('\n');
        foreach (var row in _rows)
        {
            text.Append("| ").AppendJoin(" | ", row).Append(" |\n");
        }

        return text.ToString();
    }

    private static string Spread(double[] values, string format)
    {
        var mean = values.Average();
        var text = mean.ToString(format, CultureInfo.InvariantCulture);
        if (values.Length == 1)
        {
            return text;
        }

        var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
        return $"{text} ± {deviation.ToString(format.Split(';')[0].TrimStart('+'), CultureInfo.InvariantCulture)}";
    }
}
