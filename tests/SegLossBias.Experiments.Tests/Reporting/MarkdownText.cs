using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace SegLossBias.Experiments.Tests.Reporting;

/// <summary>Markdown as a reader's program sees it.</summary>
internal static class MarkdownText
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().Build();

    /// <returns>Second-level headings, tables row by row with ** and u marks kept, and paragraphs.</returns>
    public static (string[] Headings, string[][][] Tables, string[] Paragraphs) Read(string text)
    {
        var document = Markdown.Parse(text, Pipeline);
        return (
            [.. document.OfType<HeadingBlock>().Where(heading => heading.Level == 2).Select(heading => Text(heading.Inline!))],
            [.. document.OfType<Table>().Select(table => table.Cast<TableRow>()
                .Select(row => row.Cast<TableCell>().Select(cell => Text(cell.Descendants<ParagraphBlock>().Single().Inline!)).ToArray()).ToArray())],
            [.. document.OfType<ParagraphBlock>().Select(paragraph => Text(paragraph.Inline!))]);
    }

    private static string Text(ContainerInline container) => string.Concat(container.Select(inline => inline switch
    {
        LiteralInline literal => literal.Content.ToString(),
        HtmlInline html => html.Tag,
        HtmlEntityInline entity => entity.Transcoded.ToString(),
        EmphasisInline { DelimiterCount: 2 } strong => $"**{Text(strong)}**",
        _ => throw new InvalidDataException($"unexpected {inline.GetType().Name}"),
    }));
}
