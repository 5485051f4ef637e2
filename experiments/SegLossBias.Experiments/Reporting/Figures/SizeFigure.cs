using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace SegLossBias.Experiments.Reporting;

/// <summary>Which way the sizes of predicted regions lean: in all, over the epochs, and for small and large regions.</summary>
internal static class SizeFigure
{
    private const int Groups = 6;

    private static readonly Color Seed = Colors.Black.WithAlpha(0.6);

    public static void Save(IReadOnlyList<LossSeries> losses, string file)
    {
        var totals = losses.Select(series => series.Runs.Select(SizeBias.OfRun).Where(double.IsFinite).ToArray()).ToArray();
        var groups = losses.Select(series => SizeBias.BySize(series.Runs, Groups)).ToArray();
        var axis = new RatioAxis([.. totals.SelectMany(ratios => ratios), .. groups.SelectMany(group => group).Select(group => group.Ratio)]);
        LegendItem[] seed = losses.Any(series => series.Runs.Count > 1)
            ? [new() { LabelText = "above: one seed", MarkerShape = MarkerShape.FilledCircle, MarkerSize = 5, MarkerColor = Seed }] : [];
        FigureFile.Save(
            file, [Totals(losses, totals, axis), Epochs(losses), BySize(losses, groups, axis)],
            [.. losses.Select(series => FigureFile.Item(series.Loss.Label, series.Style)), FigureFile.Item("truth", Colors.Black, LinePattern.Dashed), .. seed, .. ValidationFigure.Band(losses)],
            Math.Max(320, 140 + (24 * losses.Count)));
    }

    /// <summary>All regions of a run together: the mean over seeds, and each seed as a small point.</summary>
    private static Plot Totals(IReadOnlyList<LossSeries> losses, double[][] totals, RatioAxis axis)
    {
        var plot = FigurePlot.New($"{(HasBackground(losses) ? "All foreground together" : "Mean over classes")} ({LossSeries.Measured(losses)})", "", "");
        axis.Use(plot.Axes.Bottom);
        plot.Add.VerticalLine(0, 2, Colors.Black, LinePattern.Dashed);
        var names = new NumericManual();
        for (var i = 0; i < losses.Count; i++)
        {
            names.AddMajor(-i, losses[i].Loss.Label);
            if (totals[i].Length == 0)
            {
                continue;
            }

            var (style, mean) = (losses[i].Style, axis.At(totals[i].Average()));
            var lean = plot.Add.Line(0, -i, mean, -i);
            (lean.LineColor, lean.LineWidth) = (style.Colour, 4);
            FigurePlot.AddMarkers(plot, style.Marker, 13, style.Colour, [(mean, -i)]);
            FigurePlot.AddMarkers(plot, MarkerShape.FilledCircle, 5, Seed, totals[i].Select(ratio => (axis.At(ratio), (double)-i)));
        }

        plot.Axes.Left.TickGenerator = names;
        plot.Axes.SetLimitsY(0.3 - losses.Count, 0.7);
        return plot;
    }

    private static Plot Epochs(IReadOnlyList<LossSeries> losses)
    {
        var run = losses[0].Runs[0];
        var share = run.Epochs.Select(epoch => 100 * epoch.TrueSize).LastOrDefault();
        var what = HasBackground(losses) ? string.Create(CultureInfo.InvariantCulture, $"{share:0.##} % foreground") : "mean over classes";
        var plot = FigurePlot.New(
            $"Over the epochs ({LossSeries.Count(run.Validation.Count, "validation case")}, {what})", "epoch", "");

        // What is drawn of the first epochs, when sizes still jump, must not press the later ones flat.
        var epochs = losses.SelectMany(series => series.Runs).SelectMany(run => run.Epochs).Where(epoch => double.IsFinite(Ratio(epoch))).ToArray();
        var axis = new RatioAxis([.. epochs.Select(Ratio)], [.. epochs.Where(epoch => 2 * epoch.Epoch > epochs.Max(other => other.Epoch)).Select(Ratio)]);
        ValidationFigure.Add(plot, losses, Ratio, axis.At);
        plot.Add.HorizontalLine(0, 2, Colors.Black, LinePattern.Dashed);
        plot.Axes.AutoScale();
        axis.Use(plot.Axes.Left);
        return plot;

        static double Ratio(EpochRecord epoch) => epoch.PredictedSize / epoch.TrueSize;
    }

    private static bool HasBackground(IReadOnlyList<LossSeries> losses) => losses[0].Runs[0].FirstMeasured > 0;

    private static Plot BySize(IReadOnlyList<LossSeries> losses, IReadOnlyList<(double TrueShare, double Ratio)>[] groups, RatioAxis axis)
    {
        var plot = FigurePlot.New(
            $"Small and large regions ({LossSeries.Measured(losses)})",
            $"true size, regions in {LossSeries.Count(groups.Max(group => group.Count), "group")}, share of the picture [%] (log scale)", "");
        for (var i = 0; i < losses.Count; i++)
        {
            FigurePlot.AddCurve(plot, losses[i].Style, [.. groups[i].Select(group => (Math.Log10(100 * group.TrueShare), axis.At(group.Ratio)))], i);
        }

        plot.Add.HorizontalLine(0, 2, Colors.Black, LinePattern.Dashed);
        FigurePlot.UseLogTicks(plot, plot.Axes.Bottom);
        axis.Use(plot.Axes.Left);
        return plot;
    }
}
