using ScottPlot;

namespace SegLossBias.Experiments.Reporting;

/// <summary>A log axis of predicted over true size, as far below 1 as above, so that both leanings look alike.</summary>
internal sealed class RatioAxis
{
    /// <summary>Ends of the axis; their inverses are round too. Beyond the last, and with nothing predicted, a point is drawn at the end.</summary>
    private static readonly double[] Ends = [1.25, 1.6, 2, 2.5, 4, 5, 10];

    private readonly double _end;
    private readonly bool _beyond;

    /// <param name="drawn">All ratios that will be drawn.</param>
    /// <param name="inside">Those of them that must lie inside if they can; null for all.</param>
    public RatioAxis(IReadOnlyCollection<double> drawn, IReadOnlyCollection<double>? inside = null)
    {
        var largest = Largest(inside ?? drawn);
        _end = Ends.FirstOrDefault(end => Math.Log10(end) >= largest, Ends[^1]);
        _beyond = Largest(drawn) > Math.Log10(_end);
    }

    /// <summary>Where a ratio is drawn.</summary>
    public double At(double ratio) => Math.Clamp(Math.Log10(ratio), -Math.Log10(_end), Math.Log10(_end));

    public void Use(IAxis axis)
    {
        axis.Label.Text = "← too small   predicted ÷ true size   too large →";
        var edge = 1.05 * Math.Log10(_end);
        (axis.Min, axis.Max) = (-edge, edge);
        var ticks = FigurePlot.LogTicks(_beyond ? -0.9 * edge : -edge, _beyond ? 0.9 * edge : edge, most: 9);
        if (_beyond)
        {
            ticks.AddMajor(-Math.Log10(_end), "≤" + FigurePlot.Plain(1 / _end));
            ticks.AddMajor(Math.Log10(_end), "≥" + FigurePlot.Plain(_end));
        }

        axis.TickGenerator = ticks;
    }

    private static double Largest(IEnumerable<double> ratios) => ratios.Select(ratio => Math.Abs(Math.Log10(ratio))).DefaultIfEmpty().Max();
}
