using System.Globalization;
using ScottPlot;
using ScottPlot.MultiplotLayouts;
using ScottPlot.TickGenerators;

namespace SegLossBias.Training;

/// <summary>The curves of a training run. A loss has the same colour in every picture; several seeds are averaged.</summary>
internal static class Charts
{
    private const int Width = 1400;
    private const int Height = 620;

    public static Plot NewPlot(string title, string x, string y)
    {
        var plot = new Plot();
        plot.Title(title);
        plot.Axes.Bottom.Label.Text = x;
        plot.Axes.Left.Label.Text = y;
        foreach (var axis in new[] { plot.Axes.Bottom, (IAxis)plot.Axes.Left })
        {
            axis.Label.Bold = false;
            axis.Label.FontSize = 17;
            axis.TickLabelStyle.FontSize = 15;
        }

        plot.Axes.Left.MinimumSize = 85;
        plot.Axes.Title.Label.FontSize = 19;
        plot.Legend.FontSize = 15;
        plot.Grid.MajorLineColor = Colors.Black.WithAlpha(0.12);
        return plot;
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

    /// <summary>Labels an axis of decimal logarithms with the numbers themselves.</summary>
    public static void UseLogTicks(IAxis axis)
    {
        double[] digits = axis.Edge == Edge.Bottom ? [1, 2, 5] : [1, 1.5, 2, 3, 5, 7];
        var ticks = new NumericManual();
        for (var power = -7; power <= 3; power++)
        {
            foreach (var digit in digits)
            {
                ticks.AddMajor(power + Math.Log10(digit), (digit * Math.Pow(10, power)).ToString("0.#######", CultureInfo.InvariantCulture));
            }
        }

        axis.TickGenerator = ticks;
    }
}
