using Spectre.Console;

namespace SegLossBias.Experiments.Tests.Reporting;

public class TextTableTests
{
    private static readonly TextTable Example = new(
        "a | b * c", ["loss", "x_y", "DSC %"],
        [[new("RCE(L1) *"), new("1"), new("80.0 ± 1.0", Emphasis.Best)], [new("a|b"), new("<b>[red]"), new("70.0", Emphasis.Second)]],
        ["* cut short", "#2 of 3"]);

    [Fact]
    public void Markdown_IsReadBackAsItIs()
    {
        var (headings, tables, paragraphs) = MarkdownText.Read(Example.ToMarkdown());
        headings.Should().Equal("a | b * c");
        tables.Should().ContainSingle().Which.Should().BeEquivalentTo(
            (string[][])[["loss", "x_y", "DSC %"], ["RCE(L1) *", "1", "**80.0 ± 1.0**"], ["a|b", "<b>[red]", "<u>70.0</u>"]], options => options.WithStrictOrdering());
        paragraphs.Should().Equal("* cut short", "#2 of 3");
    }

    [Theory]
    [InlineData(140, 1)]
    [InlineData(60, 3)]
    [InlineData(30, 6)]
    public void Print_SplitsWhatIsTooWide_AndLosesNothing(int width, int parts)
    {
        string[] names = [.. Enumerable.Range(1, 12).Select(i => $"[{i}]")];
        var table = new TextTable("wide", ["loss", .. names], [[new("RCE(L1)"), .. names.Select(name => new Cell(name + " ±"))]], []);
        var lines = Printed(table, width).Split('\n');
        lines.Count(line => line.Contains("RCE(L1)")).Should().Be(parts);
        names.Should().AllSatisfy(name => lines.Count(line => line.Contains(name + " ±")).Should().Be(1));
        lines.Should().AllSatisfy(line => line.Length.Should().BeLessThanOrEqualTo(width));
    }

    private static string Printed(TextTable table, int width)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No });
        console.Profile.Width = width;
        table.Print(console);
        return text.ToString();
    }
}
