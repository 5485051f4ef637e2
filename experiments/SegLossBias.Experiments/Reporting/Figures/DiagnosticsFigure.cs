using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace SegLossBias.Experiments.Reporting;

/// <summary>
/// What <see cref="RegionSizeDiagnostics"/> found after the last epoch: how much of the gradient each term of a loss and each class
/// has, and how well sizes are expected of regions that are small or large.
/// </summary>
internal static class DiagnosticsFigure
{
    private const int Row = 30;

    /// <summary>Shift of neighbouring losses in a bin, so that their markers stand side by side.</summary>
    private const double Apart = 0.05;

    public static void Save(IReadOnlyList<RunDiagnostics> losses, string file)
    {
        var rows = losses.SelectMany(loss => loss.Found.Gradients.SkipLast(1).Select(term => (Loss: loss, Term: term))).ToArray();
        FigureFile.Save(
            file, [Gradients(rows), Sizes(losses)],
            [
                .. losses[0].Classes.Select(name => FigureFile.Item(name, Colour(losses[0], name))),
                .. losses.Select(loss => FigureFile.Item(loss.Series.Loss.Label, loss.Series.Style)),
                FigureFile.Item("truth", Colors.Black, LinePattern.Dashed),
            ],
            Math.Max(320, 140 + (Row * rows.Length)));
    }

    /// <summary>A bar for each term: as long as its share of the gradient, cut into the shares of the classes.</summary>
    private static Plot Gradients((RunDiagnostics Loss, TermGradient Term)[] rows)
    {
        var cases = LossSeries.Count(rows[0].Loss.Series.Runs[0].Validation.Count, "validation case");
        var plot = FigurePlot.New($"Gradient after the last epoch ({cases})", "share of the norm that a term has, by class [%]", "");
        var (names, shares) = (new NumericManual(), new NumericManual());
        for (var i = 0; i < rows.Length; i++)
        {
            var (loss, term) = rows[i];
            var left = 0.0;
            foreach (var (region, share) in term.Regions.Index())
            {
                var part = plot.Add.Rectangle(left, left += 100 * term.Share * share, -i - 0.36, -i + 0.36);
                (part.FillColor, part.LineWidth) = (Colour(loss, loss.Classes[region]), 0);
            }

            names.AddMajor(-i, loss.Found.Gradients.Count > 2 ? $"{loss.Series.Loss.Label}: {term.Term}" : loss.Series.Loss.Label);
            shares.AddMajor(-i, string.Create(CultureInfo.InvariantCulture, $"{100 * term.Share:0.#} %"));
        }

        plot.Axes.Left.TickGenerator = names;
        plot.Axes.Right.TickGenerator = shares;
        plot.Axes.Right.TickLabelStyle.FontSize = 15;
        plot.Axes.SetLimits(0, 100, 0.3 - rows.Length, 0.7);
        (plot.Axes.Right.Min, plot.Axes.Right.Max) = (0.3 - rows.Length, 0.7);
        return plot;
    }

    /// <summary>Where probabilities are summed, not counted: what the size penalty sees at τ = 1.</summary>
    private static Plot Sizes(IReadOnlyList<RunDiagnostics> losses)
    {
        var plot = FigurePlot.New("Sums of probabilities by true size", "true size, share of the picture", "");
        var ratios = losses.Select(loss => RunDiagnostics.Bins.Select((_, bin) => loss.Ratio(bin)).ToArray()).ToArray();
        var axis = new RatioAxis([.. ratios.SelectMany(bins => bins).Where(double.IsFinite)]);
        for (var i = 0; i < losses.Count; i++)
        {
            var shift = Apart * (i - ((losses.Count - 1) / 2.0));
            FigurePlot.AddMarkers(plot, losses[i].Series.Style.Marker, 9, losses[i].Series.Style.Colour,
                ratios[i].Select((ratio, bin) => (bin + shift, Ratio: ratio)).Where(point => double.IsFinite(point.Ratio)).Select(point => (point.Item1, axis.At(point.Ratio))));
        }

        plot.Add.HorizontalLine(0, 2, Colors.Black, LinePattern.Dashed);
        var bins = new NumericManual();
        foreach (var (bin, name) in RunDiagnostics.Bins.Index())
        {
            bins.AddMajor(bin, name);
        }

        plot.Axes.Bottom.TickGenerator = bins;
        plot.Axes.SetLimitsX(-0.6, RunDiagnostics.Bins.Count - 0.4);
        axis.Use(plot.Axes.Left);
        return plot;
    }

    /// <summary>Of a class: the palette from its end, since losses begin at its start; a background is grey.</summary>
    private static Color Colour(RunDiagnostics loss, string name)
    {
        var (number, first) = (loss.Series.Runs[0].Classes.ToList().IndexOf(name), loss.Series.Runs[0].FirstMeasured);
        return number < first ? Colors.Gray.WithAlpha(0.5) : Palette.Of(Palette.Count - 1 - ((number - first) % Palette.Count));
    }
}
