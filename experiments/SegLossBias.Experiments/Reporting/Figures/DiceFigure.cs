using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace SegLossBias.Experiments.Reporting;

/// <summary>Figure 4 of Liu et al.: how the DSC of the cases is distributed, loss by loss.</summary>
internal static class DiceFigure
{
    private const int Row = 52;

    /// <summary>The upper edge; rows are at 0, −1, −2, ….</summary>
    private const double Top = 0.85;

    /// <summary>Fewer cases than this have no density worth drawing.</summary>
    private const int FewestForDensity = 8;

    /// <summary>Standard deviation of the narrowest kernel, in per cent DSC.</summary>
    private const double NarrowestKernel = 0.5;

    public static void Save(IReadOnlyList<LossSeries> losses, string file)
    {
        var plot = FigurePlot.New(
            $"DSC per case ({LossSeries.Measured(losses)})",
            losses.Any(series => series.Runs.Count > 1) ? "DSC of a case, mean over classes and seeds [%]" : "DSC of a case, mean over classes [%]", "");
        var (names, numbers) = (new NumericManual(), new NumericManual());
        for (var i = 0; i < losses.Count; i++)
        {
            var (y, values) = (-i, new Distribution(CaseDice.PerCase(losses[i].Runs).Select(dice => 100 * dice)));
            AddRow(plot, losses[i].Style, values, y);
            names.AddMajor(y, losses[i].Loss.Label);
            numbers.AddMajor(y, string.Create(CultureInfo.InvariantCulture, $"{values.Median:0.0} / {values.Mean:0.0}"));
        }

        numbers.AddMajor(Top - 0.1, "median / mean");
        plot.Axes.Left.TickGenerator = names;
        plot.Axes.Right.TickGenerator = numbers;
        plot.Axes.Right.TickLabelStyle.FontSize = 15;
        plot.Axes.AutoScaleX();
        var limits = plot.Axes.GetLimits();
        plot.Axes.SetLimits(Math.Max(limits.Left, -1), Math.Min(limits.Right, 101), 0.5 - losses.Count, Top);
        (plot.Axes.Right.Min, plot.Axes.Right.Max) = (0.5 - losses.Count, Top);
        FigureFile.Save(file, [plot], Legend(), Math.Max(320, 140 + (Row * losses.Count)));
    }

    /// <summary>Half a violin above, the quartiles on the line, the cases below.</summary>
    private static void AddRow(Plot plot, LossStyle style, Distribution values, double y)
    {
        if (values.Values.Count >= FewestForDensity)
        {
            var density = values.Density(200, NarrowestKernel);
            var most = density.Max(point => point.Density);
            var violin = plot.Add.Polygon([
                new(density[0].Value, y + 0.1),
                .. density.Select(point => new Coordinates(point.Value, y + 0.1 + (0.4 * point.Density / most))),
                new(density[^1].Value, y + 0.1)]);
            (violin.FillColor, violin.LineColor, violin.LineWidth) = (style.Colour.WithAlpha(0.35), style.Colour, 1.5f);
        }

        FigurePlot.AddMarkers(plot, MarkerShape.FilledCircle, 4, style.Colour.WithAlpha(0.6), values.Values.Select((value, i) => (value, y - 0.19 - (0.05 * (i % 4)))));
        var range = plot.Add.Line(values.Values[0], y, values.Values[^1], y);
        (range.LineColor, range.LineWidth) = (style.Colour, 1.5f);
        var quartiles = plot.Add.Rectangle(values.Quantile(0.25), values.Quantile(0.75), y - 0.09, y + 0.09);
        (quartiles.FillColor, quartiles.LineWidth) = (style.Colour, 0);
        var median = plot.Add.Line(values.Median, y - 0.13, values.Median, y + 0.13);
        (median.LineColor, median.LineWidth) = (Colors.Black, 3);
        var mean = plot.Add.Marker(values.Mean, y, MarkerShape.FilledDiamond, 11, Colors.White);
        (mean.MarkerStyle.OutlineColor, mean.MarkerStyle.OutlineWidth) = (Colors.Black, 1.5f);
    }

    private static LegendItem[] Legend()
    {
        var mean = new LegendItem { LabelText = "mean", LineColor = Colors.Transparent, MarkerShape = MarkerShape.FilledDiamond, MarkerSize = 11, MarkerFillColor = Colors.White };
        (mean.MarkerStyle.OutlineColor, mean.MarkerStyle.OutlineWidth) = (Colors.Black, 1.5f);
        return
        [
            new() { LabelText = "density of the cases", FillColor = Colors.Gray.WithAlpha(0.35), OutlineColor = Colors.Gray, OutlineWidth = 1.5f, MarkerShape = MarkerShape.None },
            FigureFile.Item("quartiles", Colors.Gray),
            new() { LabelText = "least to most", LineColor = Colors.Gray, LineWidth = 1.5f, MarkerShape = MarkerShape.None },
            new() { LabelText = "median", LineColor = Colors.Transparent, MarkerShape = MarkerShape.VerticalBar, MarkerSize = 14, MarkerColor = Colors.Black, MarkerLineWidth = 3 },
            mean,
            new() { LabelText = "one case", LineColor = Colors.Transparent, MarkerShape = MarkerShape.FilledCircle, MarkerSize = 4, MarkerColor = Colors.Gray },
        ];
    }
}
