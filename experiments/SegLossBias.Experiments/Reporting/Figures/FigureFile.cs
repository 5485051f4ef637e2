using ScottPlot;
using SkiaSharp;

namespace SegLossBias.Experiments.Reporting;

/// <summary>Plots side by side in one PNG file, with one legend right of them.</summary>
internal static class FigureFile
{
    private const int LegendText = 15;
    private const int LegendRow = 26;
    private const int LegendSymbol = 45;
    private const int LegendMargin = 50;

    /// <param name="file">The file to write.</param>
    /// <param name="plots">One or more, of equal width.</param>
    /// <param name="legend">What colours and lines mean; empty for no legend.</param>
    /// <param name="width">Of each plot, in pixels.</param>
    /// <param name="height">Of the plots, in pixels; the file is higher where the legend needs it.</param>
    public static void Save(string file, IReadOnlyList<Plot> plots, IReadOnlyList<LegendItem> legend, int width = 700, int height = 620)
    {
        PictureText.UseInPlots();
        var legendWidth = 0;
        if (legend.Count > 0)
        {
            legendWidth = LegendSymbol + LegendMargin + (int)legend.Max(item => PictureText.Measure(item.LabelText, LegendText, PictureText.Regular));
            height = Math.Max(height, (legend.Count * LegendRow) + 120);
            AddLegend(plots[^1], legend);
        }

        using var bitmap = new SKBitmap((plots.Count * width) + legendWidth, height);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        for (var i = 0; i < plots.Count; i++)
        {
            using var panel = new SKBitmap(width + (i == plots.Count - 1 ? legendWidth : 0), height);
            using var inside = new SKCanvas(panel);
            plots[i].Render(inside, panel.Width, panel.Height);
            canvas.DrawBitmap(panel, i * width, 0);
        }

        Save(file, bitmap);
    }

    /// <exception cref="UserError">It cannot be written.</exception>
    public static void Save(string file, SKBitmap bitmap) => PngFile.Write(file, bitmap.Encode(SKEncodedImageFormat.Png, 100));

    /// <summary>A loss as curves and markers show it.</summary>
    public static LegendItem Item(string text, LossStyle style, bool line = true) => new()
    {
        LabelText = text,
        LineColor = style.Colour,
        LinePattern = style.Line,
        LineWidth = line ? 2.5f : 0,
        MarkerShape = style.Marker,
        MarkerColor = style.Colour,
        MarkerLineWidth = 2,
        MarkerSize = 9,
    };

    /// <summary>A line without markers.</summary>
    public static LegendItem Item(string text, Color colour, LinePattern pattern) =>
        new() { LabelText = text, LineColor = colour, LinePattern = pattern, LineWidth = 2, MarkerShape = MarkerShape.None };

    private static void AddLegend(Plot plot, IReadOnlyList<LegendItem> items)
    {
        plot.Legend.ManualItems.AddRange(items);
        plot.Legend.SymbolWidth = LegendSymbol - 10;
        plot.Legend.FontSize = LegendText;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.ShowLegend(Edge.Right);
    }
}
