using ScottPlot;
using SkiaSharp;

namespace SegLossBias.Experiments.Reporting;

/// <summary>Plots one below the other in one PNG file, with one legend right of the first. A page of 840 pixels shows them almost as they are.</summary>
internal static class FigureFile
{
    /// <summary>Of every plot, in pixels.</summary>
    private const int PlotWidth = 640;

    /// <summary>Of a plot that needs no other, in pixels.</summary>
    private const int PlotHeight = 440;

    /// <summary>What a label along the side leaves free above and below, together, in pixels.</summary>
    private const int SideMargins = 40;

    private const int LegendText = 15;
    private const int LegendRow = 26;
    private const int LegendSymbol = 45;
    private const int LegendMargin = 50;

    /// <param name="file">The file to write.</param>
    /// <param name="plots">One or more.</param>
    /// <param name="legend">What colours and lines mean; empty for no legend.</param>
    /// <param name="heights">Of each plot, in pixels; the first is higher where the legend needs it.</param>
    public static void Save(string file, IReadOnlyList<Plot> plots, IReadOnlyList<LegendItem> legend, params int[] heights)
    {
        PictureText.UseInPlots();
        var legendWidth = 0;
        int[] rows = [.. plots.Select((_, i) => i < heights.Length ? heights[i] : PlotHeight)];
        if (legend.Count > 0)
        {
            legendWidth = LegendSymbol + LegendMargin + (int)legend.Max(item => PictureText.Measure(item.LabelText, LegendText, PictureText.Regular));
            rows[0] = Math.Max(rows[0], (legend.Count * LegendRow) + 120);
            AddLegend(plots[0], legend);
        }

        using var bitmap = new SKBitmap(PlotWidth + legendWidth, rows.Sum());
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        for (var i = 0; i < plots.Count; i++)
        {
            using var panel = new SKBitmap(PlotWidth + (i == 0 ? legendWidth : 0), rows[i]);
            using var inside = new SKCanvas(panel);
            plots[i].Axes.Left.Label.FontSize = FittingSize(plots[i].Axes.Left.Label.Text, rows[i]);
            plots[i].Render(inside, panel.Width, panel.Height);
            canvas.DrawBitmap(panel, 0, rows.Take(i).Sum());
        }

        Save(file, bitmap);
    }

    /// <summary>The size at which a label along the side of a plot is not cut off.</summary>
    /// <param name="label">One line.</param>
    /// <param name="height">Of the plot with title and numbers, in pixels.</param>
    public static float FittingSize(string label, int height) =>
        Math.Min(FigurePlot.LabelSize, FigurePlot.LabelSize * (height - SideMargins) / Math.Max(1, PictureText.Measure(label, FigurePlot.LabelSize, PictureText.Regular)));

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

    /// <summary>An area.</summary>
    public static LegendItem Item(string text, Color colour) => new() { LabelText = text, FillColor = colour, MarkerShape = MarkerShape.None };

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
