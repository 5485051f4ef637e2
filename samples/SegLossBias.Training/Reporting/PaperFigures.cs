using ScottPlot;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Training;

/// <summary>Figures 2 and C.6 of Liu et al., arXiv:2104.08717, from what the library computes.</summary>
internal static class PaperFigures
{
    private const int Points = 400;

    /// <summary>A picture of 10×10 pixels, 10 of them foreground: a true proportion of 0.1.</summary>
    private const int Side = 10;

    private const double TrueProportion = 0.1;

    private static readonly double[] Temperatures = [1, 2, 5, 10];

    private static readonly (string Loss, string Name)[] Penalties =
        [("L1", "region-size L1"), ("KL", "region-size KL"), ("DB", "Dice's hidden bias")];

    /// <returns>The exit code.</returns>
    public static int Draw(string folder)
    {
        OutputFolder.Prepare(folder);
        PictureText.UseInPlots();
        DrawSizePenalties(Path.Combine(folder, "figure-2.png"));
        DrawTemperatures(Path.Combine(folder, "figure-c6.png"));
        Console.WriteLine($"Written to {folder}: figure-2.png, figure-c6.png");
        return 0;
    }

    private static void DrawSizePenalties(string file)
    {
        const string X = "predicted foreground proportion";
        var left = Charts.NewPlot($"Size penalty, true proportion {TrueProportion}", X, "penalty (KL and Dice bias in nats)");
        var right = Charts.NewPlot("Its gradient", X, "derivative with respect to that proportion");
        var proportions = Between(0.002, 0.998);
        foreach (var ((loss, name), index) in Penalties.Select((penalty, index) => (penalty, index)))
        {
            var curve = proportions.Select(p => Penalty(loss, p)).ToArray();
            Charts.AddLine(left, name, Palette.Of(index), proportions.Zip(curve, (p, at) => (p, at.Value)));
            Charts.AddLine(right, name, Palette.Of(index), proportions.Zip(curve, (p, at) => (p, at.Gradient)));
        }

        foreach (var plot in new[] { left, right })
        {
            plot.Add.VerticalLine(TrueProportion, 2, Colors.Black, LinePattern.Dashed).LegendText = plot == right ? "truth" : "";
        }

        left.Axes.SetLimits(0, 1, -2.5, 3);
        right.Axes.SetLimits(0, 1, -6, 12);
        Finish(file, left, right);
    }

    /// <summary>
    /// The library's penalty and its derivative where every pixel has the foreground probability <paramref name="proportion"/>,
    /// which then is the predicted proportion too.
    /// </summary>
    private static (double Value, double Gradient) Penalty(string name, double proportion)
    {
        using var scope = NewDisposeScope();
        using var loss = LossFactory.Create(name, new LossOptions { Mode = SegmentationMode.Binary, Temperature = 1 });
        var target = arange(Side * Side).view(1, Side, Side) < (long)Math.Round(TrueProportion * Side * Side);
        var p = tensor(proportion, ScalarType.Float64, requires_grad: true);
        var logits = (p / (1 - p)).log() * ones(1, 1, Side, Side, ScalarType.Float64);
        var value = loss.call(logits, target);
        value.backward();
        return (value.to(ScalarType.Float64).item<double>(), p.grad!.item<double>());
    }

    private static void DrawTemperatures(string file)
    {
        var left = Charts.NewPlot("Tempered softmax, two classes", "logit of the foreground less that of the background", "foreground probability at temperature τ");
        var right = Charts.NewPlot("The same against the plain softmax", "foreground probability at τ = 1", "foreground probability at temperature τ");
        var differences = Between(-5, 5);
        var plain = TemperedProbabilities(differences, 1);
        foreach (var (temperature, index) in Temperatures.Select((temperature, index) => (temperature, index)))
        {
            var tempered = TemperedProbabilities(differences, temperature);
            Charts.AddLine(left, $"τ = {temperature}", Palette.Of(index), differences.Zip(tempered));
            Charts.AddLine(right, $"τ = {temperature}", Palette.Of(index), plain.Zip(tempered));
        }

        left.Axes.SetLimits(-5, 5, -0.02, 1.02);
        right.Axes.SetLimits(0, 1, -0.02, 1.02);
        Finish(file, left, right);
    }

    /// <summary>The predicted foreground size of pictures that are one pixel each.</summary>
    private static double[] TemperedProbabilities(double[] differences, double temperature)
    {
        using var scope = NewDisposeScope();
        var foreground = tensor(differences, [differences.Length, 1, 1], dtype: ScalarType.Float64);
        var logits = cat([zeros_like(foreground), foreground], dim: 1);
        var target = zeros(differences.Length, 1, ScalarType.Int64);
        using var regions = RegionStatistics.Compute(
            logits, target, SegmentationMode.Multiclass, null, RegionStatistic.PredictedSize(temperature));
        return regions.PredictedSize(temperature).select(1, 1).data<double>().ToArray();
    }

    private static void Finish(string file, Plot left, Plot right)
    {
        foreach (var curve in left.GetPlottables<ScottPlot.Plottables.Scatter>().Concat(right.GetPlottables<ScottPlot.Plottables.Scatter>()))
        {
            curve.MarkerSize = 0;
        }

        left.HideLegend();
        right.ShowLegend(Edge.Right);
        Charts.Save(file, left, right);
    }

    private static double[] Between(double from, double to) =>
        [.. Enumerable.Range(0, Points).Select(i => from + ((to - from) * i / (Points - 1)))];
}
