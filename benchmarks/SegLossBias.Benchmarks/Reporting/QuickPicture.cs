using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using SegLossBias.Benchmarks.Measuring;
using SegLossBias.Experiments.Reporting;
using Palette = SegLossBias.Experiments.Reporting.Palette;

namespace SegLossBias.Benchmarks.Reporting;

/// <summary>Times of one loss by shape, as horizontal bars on a logarithmic scale: the library, cross-entropy alone, the reference. Bars start at a power of ten.</summary>
internal static class QuickPicture
{
    public const string Loss = "RCE(L1)";

    private const int Width = 1200;
    private const double BarWidth = 0.26;

    private static readonly (string Name, Func<Times, double> Time)[] Series =
    [
        ("this library", times => times.Fused),
        ("cross_entropy alone", times => times.CrossEntropy),
        ("the paper's operations", times => times.Reference),
    ];

    public static void Save(IEnumerable<QuickResult> results, bool backward, string file)
    {
        var rows = results.Where(result => result.Loss == Loss).ToArray();
        PictureText.UseInPlots();
        var plot = new Plot();
        var shortest = Math.Floor(Math.Log10(rows.Min(row => Series.Min(series => series.Time(row.Times)))));
        var longest = Math.Log10(rows.Max(row => Series.Max(series => series.Time(row.Times))));
        for (var series = 0; series < Series.Length; series++)
        {
            AddBars(plot, rows, series, shortest);
        }

        Style(plot, rows);
        plot.Title($"{Loss}, {(backward ? "forward and backward" : "forward")}, by shape of the logits", 19);
        UseLogTicks(plot.Axes.Bottom, (int)shortest, (int)Math.Ceiling(longest));
        plot.Axes.SetLimits(0, (longest - shortest) * 1.13, -rows.Length + 0.4, 0.55);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        plot.SavePng(file, Width, 180 + (rows.Length * 95));
    }

    private static void AddBars(Plot plot, QuickResult[] rows, int series, double origin)
    {
        var bars = rows.Select((row, index) =>
        {
            var time = Series[series].Time(row.Times);
            return new Bar
            {
                Position = -index + ((1 - series) * BarWidth),
                Size = BarWidth * 0.92,
                Value = Math.Log10(time) - origin,
                Label = $"{Number(time)} ms",
                FillColor = Palette.Of(series),
                LineWidth = 0,
            };
        });
        var plotted = plot.Add.Bars(bars.ToArray());
        plotted.Horizontal = true;
        plotted.LegendText = Series[series].Name;
        plotted.ValueLabelStyle.FontSize = 15;
    }

    private static void Style(Plot plot, QuickResult[] rows)
    {
        plot.Axes.Left.TickGenerator = new NumericManual(
            [.. rows.Select((_, index) => -(double)index)], [.. rows.Select(row => row.Shape.ToString().Replace('x', '×'))]);
        plot.Axes.Left.TickLabelStyle.FontSize = 16;
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.Bottom.TickLabelStyle.FontSize = 15;
        plot.Axes.Bottom.Label.Text = "milliseconds, logarithmic scale";
        plot.Axes.Bottom.Label.Bold = false;
        plot.Axes.Bottom.Label.FontSize = 16;
        plot.Axes.Right.FrameLineStyle.IsVisible = false;
        plot.Axes.Top.FrameLineStyle.IsVisible = false;
        plot.Grid.YAxisStyle.IsVisible = false;
        plot.Grid.MajorLineColor = Colors.Black.WithAlpha(0.15);
        plot.Legend.FontSize = 16;
        plot.Legend.Orientation = Orientation.Horizontal;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.ShowLegend(Edge.Top);
    }

    /// <summary>Labels decimal logarithms, counted from the first power of ten, with the numbers themselves.</summary>
    private static void UseLogTicks(IAxis axis, int from, int to)
    {
        var ticks = new NumericManual();
        for (var power = from; power <= to; power++)
        {
            ticks.AddMajor(power - from, Math.Pow(10, power).ToString("0.######", CultureInfo.InvariantCulture));
            for (var digit = 2; digit <= 9; digit++)
            {
                ticks.AddMinor(power - from + Math.Log10(digit));
            }
        }

        axis.TickGenerator = ticks;
    }

    private static string Number(double value) => value.ToString(value < 1 ? "0.00" : value < 10 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
