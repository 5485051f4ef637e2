using ScottPlot;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Reporting;

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
        DrawSizePenalties(Path.Combine(folder, "figure-2.png"));
        DrawTemperatures(Path.Combine(folder, "figure-c6.png"));
        Console.WriteLine($"Written to {folder}: figure-2.png, figure-c6.png");
        return 0;
    }

    private static void DrawSizePenalties(string file)
    {
        const string X = "predicted foreground proportion";
        var left = FigurePlot.New($"Size penalty, true proportion {FigurePlot.Plain(TrueProportion)}", X, "penalty (KL and Dice bias in nats)");
        var right = FigurePlot.New("Its gradient", X, "derivative with respect to that proportion");
        var proportions = Between(0.002, 0.998);
        foreach (var (index, (loss, _)) in Penalties.Index())
        {
            var curve = proportions.Select(p => Penalty(loss, p)).ToArray();
            FigurePlot.AddCurve(left, LossStyle.Of(index), [.. proportions.Zip(curve, (p, at) => (p, at.Value))], index);
            FigurePlot.AddCurve(right, LossStyle.Of(index), [.. proportions.Zip(curve, (p, at) => (p, at.Gradient))], index);
        }

        foreach (var plot in new[] { left, right })
        {
            plot.Add.VerticalLine(TrueProportion, 2, Colors.Black, LinePattern.Dashed);
        }

        left.Axes.SetLimits(0, 1, -2.5, 3);
        right.Axes.SetLimits(0, 1, -6, 12);
        FigureFile.Save(file, [left, right], [.. Penalties.Select((penalty, i) => FigureFile.Item(penalty.Name, LossStyle.Of(i))), FigureFile.Item("truth", Colors.Black, LinePattern.Dashed)]);
    }

    /// <summary>
    /// The library's penalty and its derivative where every pixel has the foreground probability <paramref name="proportion"/>,
    /// which then is the predicted proportion too.
    /// </summary>
    private static (double Value, double Gradient) Penalty(string name, double proportion)
    {
        using var scope = NewDisposeScope();
        using var loss = LossFactory.Create(name, new Dictionary<string, object?> { ["mode"] = SegmentationMode.Binary, ["temperature"] = 1 });
        var target = tensor([.. Enumerable.Range(0, Side * Side).Select(pixel => pixel < (int)Math.Round(TrueProportion * Side * Side))], [1, Side, Side]);
        var p = tensor(proportion, ScalarType.Float64, requires_grad: true);
        var logits = (p / p.neg().add(KeptScalars.One, KeptScalars.One)).log() * ones(1, 1, Side, Side, ScalarType.Float64);
        var value = loss.call(logits, target);
        value.backward();
        return (value.to(ScalarType.Float64).item<double>(), p.grad!.item<double>());
    }

    private static void DrawTemperatures(string file)
    {
        var left = FigurePlot.New("Tempered softmax, two classes", "logit of the foreground less that of the background", "foreground probability at temperature τ");
        var right = FigurePlot.New("The same against the plain softmax", "foreground probability at τ = 1", "foreground probability at temperature τ");
        var differences = Between(-5, 5);
        var plain = TemperedProbabilities(differences, 1);
        foreach (var (index, temperature) in Temperatures.Index())
        {
            var tempered = TemperedProbabilities(differences, temperature);
            FigurePlot.AddCurve(left, LossStyle.Of(index), [.. differences.Zip(tempered)], index);
            FigurePlot.AddCurve(right, LossStyle.Of(index), [.. plain.Zip(tempered)], index);
        }

        left.Axes.SetLimits(-5, 5, -0.02, 1.02);
        right.Axes.SetLimits(0, 1, -0.02, 1.02);
        FigureFile.Save(file, [left, right], [.. Temperatures.Select((temperature, i) => FigureFile.Item($"τ = {FigurePlot.Plain(temperature)}", LossStyle.Of(i)))]);
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

    private static double[] Between(double from, double to) =>
        [.. Enumerable.Range(0, Points).Select(i => from + ((to - from) * i / (Points - 1)))];
}
