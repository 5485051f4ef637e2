using ScottPlot;

namespace SegLossBias.Experiments.Reporting;

/// <summary>Figure F.7 of Liu et al.: how each loss gets on, epoch by epoch, on the validation cases; and its own fall.</summary>
internal static class ValidationFigure
{
    public static void Save(IReadOnlyList<LossSeries> losses, string file)
    {
        var validation = LossSeries.Count(losses[0].Runs[0].Validation.Count, "validation case");
        var dice = FigurePlot.New($"DSC of {validation} over the epochs", "epoch", "DSC, mean over cases and classes [%]");
        Add(dice, losses, epoch => 100 * epoch.Dice, value => value);
        dice.Axes.AutoScale();
        var limits = dice.Axes.GetLimits();
        dice.Axes.SetLimitsY(Math.Max(limits.Bottom, -2), Math.Min(limits.Top, 102));

        // The Dice bias can fall below 0, which a log scale cannot show.
        var log = losses.SelectMany(series => series.Runs).SelectMany(run => run.Epochs).All(epoch => !(epoch.TrainLoss <= 0));
        var loss = FigurePlot.New("Training loss", "epoch", "loss, each in its own unit" + (log ? " (log scale)" : ""));
        Add(loss, losses, epoch => epoch.TrainLoss, log ? Math.Log10 : value => value);
        if (log)
        {
            FigurePlot.UseLogTicks(loss, loss.Axes.Left);
        }

        FigureFile.Save(file, [dice, loss], [.. losses.Select(series => FigureFile.Item(series.Loss.Label, series.Style)), .. Band(losses)]);
    }

    /// <summary>One curve for each loss, the mean over its seeds, on a band from the lowest seed to the highest.</summary>
    public static void Add(Plot plot, IReadOnlyList<LossSeries> losses, Func<EpochRecord, double> value, Func<double, double> scale)
    {
        var curves = losses.Select(series => EpochCurve.Of(series.Runs, value)).ToArray();
        foreach (var (series, curve) in losses.Zip(curves))
        {
            FigurePlot.AddBand(plot, series.Style.Colour, [.. curve.Select(point => ((double)point.Epoch, scale(point.Value.Least), scale(point.Value.Most)))]);
        }

        for (var i = 0; i < losses.Count; i++)
        {
            FigurePlot.AddCurve(plot, losses[i].Style, [.. curves[i].Select(point => ((double)point.Epoch, scale(point.Value.Mean)))], i);
        }

        FigurePlot.UseEpochTicks(plot, losses.Max(series => series.Runs.Max(run => run.Epochs.Count)));
    }

    /// <summary>What the bands mean, where there are any.</summary>
    public static IEnumerable<LegendItem> Band(IReadOnlyList<LossSeries> losses) => losses.Any(series => series.Runs.Count > 1)
        ? [FigureFile.Item("band: lowest to highest seed", Colors.Black.WithAlpha(0.13))]
        : [];
}
