using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace SegLossBias.Experiments.Reporting;

/// <summary>The look that all plots share.</summary>
internal static class FigurePlot
{
    /// <summary>Of the labels of axes, in pixels.</summary>
    public const float LabelSize = 17;

    /// <summary>Curves with more points than this carry a marker on some of them only.</summary>
    private const int MarkedPoints = 8;

    /// <summary>Sets of round numbers in a decade, few to many.</summary>
    private static readonly double[][] Digits =
    [
        [1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 5, 7], [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 4, 5, 6, 7, 8, 9],
        [.. Enumerable.Range(10, 90).Where(i => i < 30 || i % 5 == 0).Select(i => i / 10.0)],
        [.. Enumerable.Range(50, 450).Select(i => i / 50.0)],
    ];

    private static readonly int[] EpochSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, int.MaxValue];

    public static Plot New(string title, string x, string y)
    {
        var plot = new Plot();
        plot.Title(title);
        plot.Axes.Bottom.Label.Text = x;
        plot.Axes.Left.Label.Text = y;
        foreach (var axis in new[] { plot.Axes.Bottom, (IAxis)plot.Axes.Left })
        {
            axis.Label.Bold = false;
            axis.Label.FontSize = LabelSize;
            axis.TickLabelStyle.FontSize = 15;
        }

        plot.Axes.Left.MinimumSize = 95;
        plot.Axes.Title.Label.FontSize = 16;
        plot.Grid.MajorLineColor = Colors.Black.WithAlpha(0.12);
        return plot;
    }

    /// <summary>A curve through points that are in ascending order of x.</summary>
    /// <param name="plot">Where to.</param>
    /// <param name="style">Its look.</param>
    /// <param name="points">May be empty.</param>
    /// <param name="index">Its place among the curves: where points are many, neighbours are marked at different ones.</param>
    public static void AddCurve(Plot plot, LossStyle style, IReadOnlyList<(double X, double Y)> points, int index)
    {
        if (points.Count == 0)
        {
            return;
        }

        var line = plot.Add.ScatterLine(Coordinates(points), style.Colour);
        (line.LineWidth, line.LinePattern) = (2.5f, style.Line);
        var step = (points.Count + MarkedPoints - 1) / MarkedPoints;
        AddMarkers(plot, style.Marker, 9, style.Colour, points.Where((_, i) => (i - index) % step == 0));
    }

    public static void AddMarkers(Plot plot, MarkerShape shape, float size, Color colour, IEnumerable<(double X, double Y)> points) =>
        plot.Add.Markers(Coordinates(points), shape, size, colour).MarkerLineWidth = 2;

    /// <summary>What lies between two curves, in a light shade.</summary>
    public static void AddBand(Plot plot, Color colour, IReadOnlyList<(double X, double Low, double High)> points)
    {
        if (points.Count < 2)
        {
            return;
        }

        var band = plot.Add.Polygon([
            .. points.Select(point => new Coordinates(point.X, point.Low)),
            .. points.Reverse().Select(point => new Coordinates(point.X, point.High))]);
        (band.FillColor, band.LineWidth) = (colour.WithAlpha(0.13), 0);
    }

    /// <summary>Round numbers on the axis of epochs, at most fifteen.</summary>
    public static void UseEpochTicks(Plot plot, int epochs)
    {
        var step = EpochSteps.First(step => epochs <= 15L * step);
        var ticks = new NumericManual();
        for (var epoch = step; epoch <= epochs; epoch += step)
        {
            ticks.AddMajor(epoch, epoch.ToString(CultureInfo.InvariantCulture));
        }

        plot.Axes.Bottom.TickGenerator = ticks;
    }

    /// <summary>Labels an axis of decimal logarithms with the numbers themselves, over what has been drawn, if anything.</summary>
    public static void UseLogTicks(Plot plot, IAxis axis)
    {
        var horizontal = axis.Edge == Edge.Bottom;
        plot.Axes.AutoScale();
        var limits = plot.Axes.GetLimits();
        var (low, high) = horizontal ? (limits.Left, limits.Right) : (limits.Bottom, limits.Top);
        if (low < high)
        {
            axis.TickGenerator = LogTicks(low, high, most: horizontal ? 7 : 12);
        }
    }

    /// <summary>Labels between two decimal logarithms, at <see cref="RoundNumbers"/>.</summary>
    public static NumericManual LogTicks(double low, double high, int most)
    {
        var ticks = new NumericManual();
        foreach (var value in RoundNumbers(low, high, most))
        {
            ticks.AddMajor(Math.Log10(value), Plain(value));
        }

        return ticks;
    }

    /// <summary>As many round numbers with logarithms between two others as there is room for.</summary>
    public static IReadOnlyList<double> RoundNumbers(double low, double high, int most) =>
        Digits.Select(digits => RoundNumbers(digits, low, high)).TakeWhile((values, i) => i == 0 || values.Length <= most).Last();

    /// <summary>A number without an exponent.</summary>
    public static string Plain(double value) => value.ToString("0.##########", CultureInfo.InvariantCulture);

    private static Coordinates[] Coordinates(IEnumerable<(double X, double Y)> points) =>
        [.. points.Select(point => new Coordinates(point.X, point.Y))];

    private static double[] RoundNumbers(double[] digits, double low, double high) =>
        [.. from power in Enumerable.Range((int)Math.Floor(low), (int)Math.Floor(high) - (int)Math.Floor(low) + 1)
            from digit in digits
            let value = Math.Round(digit * Math.Pow(10, power), 12)
            where Math.Log10(value) >= low && Math.Log10(value) <= high
            select value];
}
