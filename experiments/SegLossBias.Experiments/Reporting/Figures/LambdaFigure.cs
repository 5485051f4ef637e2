using ScottPlot;
using ScottPlot.TickGenerators;

namespace SegLossBias.Experiments.Reporting;

/// <summary>Figure 3 of Liu et al.: DSC over λ.</summary>
internal static class LambdaFigure
{
    /// <summary>Shift of neighbouring curves, in decades, so that their error bars stand side by side.</summary>
    private const double Apart = 0.025;

    public static void Save(IReadOnlyList<LossSeries> losses, IReadOnlyList<LambdaAblation> ablations, string file)
    {
        var plot = FigurePlot.New(
            $"DSC over λ, ± sd over seeds ({LossSeries.Measured(losses)})", "λ (log scale)", "DSC, mean over cases and classes [%]");
        var legend = new List<LegendItem>();
        for (var i = 0; i < ablations.Count; i++)
        {
            var (family, style, points) = ablations[i];
            var shift = Apart * (i - ((ablations.Count - 1) / 2.0));
            foreach (var (lambda, dice) in points.Where(point => point.Dice.Deviation > 0))
            {
                AddBar(plot, style.Colour, Math.Log10(lambda) + shift, 100 * (dice.Mean - dice.Deviation), 100 * (dice.Mean + dice.Deviation));
            }

            FigurePlot.AddCurve(plot, style, [.. points.Select(point => (Math.Log10(point.Lambda) + shift, 100 * point.Dice.Mean))], i);
            legend.Add(FigureFile.Item(family.Label, style));
        }

        if (losses.FirstOrDefault(series => series.Loss == new LossSpec("CE")) is { } plain)
        {
            plot.Add.HorizontalLine(100 * Band.Of([.. plain.Runs.Select(CaseDice.Of)]).Mean, 2, Colors.Black, LinePattern.Dashed);
            legend.Add(FigureFile.Item("CE alone", Colors.Black, LinePattern.Dashed));
        }

        plot.Axes.Bottom.TickGenerator = Ticks([.. ablations.SelectMany(ablation => ablation.Points).Select(point => point.Lambda).Distinct().Order()]);
        FigureFile.Save(file, [plot], legend);
    }

    /// <summary>The λ themselves, those that are not too close to the one before.</summary>
    private static NumericManual Ticks(IReadOnlyList<double> lambdas)
    {
        var ticks = new NumericManual();
        var range = Math.Log10(lambdas[^1] / lambdas[0]);
        var last = double.NegativeInfinity;
        foreach (var lambda in lambdas.Where(lambda => Math.Log10(lambda) >= last + (range / 14)))
        {
            last = Math.Log10(lambda);
            ticks.AddMajor(last, FigurePlot.Plain(lambda));
        }

        return ticks;
    }

    private static void AddBar(Plot plot, Color colour, double x, double low, double high)
    {
        var bar = plot.Add.ErrorBar([x], [(low + high) / 2], [(high - low) / 2]);
        (bar.Color, bar.LineWidth, bar.CapSize) = (colour, 1.5f, 4);
    }
}
