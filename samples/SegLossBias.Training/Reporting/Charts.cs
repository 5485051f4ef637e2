using ScottPlot;
using ScottPlot.MultiplotLayouts;
using ScottPlot.TickGenerators;

namespace SegLossBias.Training;

/// <summary>The curves of a training run. A loss has the same colour in every picture; several seeds are averaged.</summary>
internal static class Charts
{
    private const int Width = 1400;
    private const int Height = 620;
    private const int SizeGroups = 6;

    /// <summary>Training loss and validation Dice, epoch by epoch.</summary>
    public static void TrainingCurves(Results results, string file)
    {
        var left = FigurePlot.New("Training loss", "epoch", "loss, each in its own unit (log scale)");
        var right = FigurePlot.New("Validation Dice", "epoch", "DSC, mean over pictures [%]");
        foreach (var (loss, colour) in results.Colours)
        {
            AddCurve(left, results, loss, colour, epoch => Math.Log10(Math.Max(epoch.TrainLoss, 1e-6)));
            AddCurve(right, results, loss, colour, epoch => 100 * epoch.Validation.Dice);
        }

        FigurePlot.UseLogTicks(left, left.Axes.Left);
        right.Axes.SetLimitsY(0, 100);
        right.ShowLegend(Edge.Right);
        Save(file, left, right);
    }

    /// <summary>Predicted against true foreground: over the epochs, and for small and large regions at the end.</summary>
    public static void RegionSizes(Results results, string file)
    {
        var left = FigurePlot.New("Predicted region size", "epoch", "foreground, share of validation pixels [%] (log scale)");
        var right = FigurePlot.New("Size bias after the last epoch", $"true foreground of {SizeGroups} equal groups of pictures [%] (log scale)", "predicted ÷ true foreground");
        foreach (var (loss, colour) in results.Colours)
        {
            AddCurve(left, results, loss, colour, epoch => LogPercent(epoch.Validation.PredictedSize, results));
            AddSizeGroups(right, results, loss, colour);
        }

        left.Add.HorizontalLine(LogPercent(results.Runs[0].Epochs[^1].Validation.TrueSize, results), 2, Colors.Black, LinePattern.Dashed);
        right.Add.HorizontalLine(1, 2, Colors.Black, LinePattern.Dashed).LegendText = "truth";
        FigurePlot.UseLogTicks(left, left.Axes.Left);
        FigurePlot.UseLogTicks(right, right.Axes.Bottom);
        right.ShowLegend(Edge.Right);
        Save(file, left, right);
    }

    /// <summary>A curve through points, named in the legend.</summary>
    public static void AddLine(Plot plot, string loss, Color colour, IEnumerable<(double X, double Y)> points)
    {
        var (xs, ys) = (points.Select(point => point.X).ToArray(), points.Select(point => point.Y).ToArray());
        if (xs.Length == 0)
        {
            return;
        }

        var curve = plot.Add.Scatter(xs, ys, colour);
        curve.LineWidth = 2.5f;
        curve.MarkerSize = 7;
        curve.LegendText = loss;
    }

    public static void Save(string file, params Plot[] plots)
    {
        var multiplot = new Multiplot();
        multiplot.Reset(plots[0]);
        foreach (var plot in plots[1..])
        {
            multiplot.AddPlot(plot);
        }

        multiplot.Layout = new Columns();
        multiplot.SavePng(file, Width, Height);
    }

    private static void AddCurve(Plot plot, Results results, string loss, Color colour, Func<EpochResult, double> value)
    {
        var epochs = results.Runs.Where(run => run.Loss == loss).SelectMany(run => run.Epochs)
            .GroupBy(epoch => epoch.Epoch).OrderBy(group => group.Key);
        AddLine(plot, loss, colour, epochs.Select(group => ((double)group.Key, group.Average(value))));
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { IntegerTicksOnly = true };
        plot.HideLegend();
    }

    /// <summary>Predicted over true foreground, pictures grouped by true size; all seeds together.</summary>
    private static void AddSizeGroups(Plot plot, Results results, string loss, Color colour)
    {
        var pictures = results.Runs.Where(run => run.Loss == loss).SelectMany(run => run.Validation)
            .Where(counts => counts.True > 0).OrderBy(counts => counts.True).ToArray();
        var groups = pictures.Select((counts, rank) => (counts, group: rank * SizeGroups / pictures.Length))
            .GroupBy(pair => pair.group, pair => pair.counts).Select(group => group.Aggregate((a, b) => a + b)).ToArray();
        AddLine(plot, loss, colour,
            groups.Select(group => (LogPercent(group.TrueProportion, results), (double)group.Predicted / group.True)));
    }

    /// <summary>Half a pixel stands for none: a log scale has no zero.</summary>
    private static double LogPercent(double share, Results results) =>
        Math.Log10(100 * Math.Max(share, 0.5 / results.Runs[0].Validation[0].Pixels));
}
