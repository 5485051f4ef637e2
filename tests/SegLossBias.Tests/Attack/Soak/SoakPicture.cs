using ScottPlot;
using SegLossBias.Experiments.Reporting;
using Palette = SegLossBias.Experiments.Reporting.Palette;

namespace SegLossBias.Tests.Attack.Soak;

/// <summary>Memory and tensors over the steps, one panel below the other.</summary>
internal static class SoakPicture
{
    private const int Width = 1000, PanelHeight = 260;

    private static readonly (string Title, Func<SoakSample, double> Of)[] Panels =
    [
        ("Memory of the process, MB", sample => sample.ProcessMegabytes),
        ("Managed memory after a collection, MB", sample => sample.ManagedMegabytes),
        ("Tensors alive, of steps under way", sample => sample.Handles),
    ];

    internal static void Save(IReadOnlyList<SoakSample> samples, string file)
    {
        PictureText.UseInPlots();
        var multi = new Multiplot();
        multi.AddPlots(Panels.Length);
        for (var panel = 0; panel < Panels.Length; panel++)
        {
            var (plot, (title, of)) = (multi.GetPlot(panel), Panels[panel]);
            var line = plot.Add.ScatterLine(samples.Select(sample => (double)sample.Steps).ToArray(), samples.Select(of).ToArray());
            (line.Color, line.LineWidth) = (Palette.Of(panel), 2.5f);
            plot.Title(title, 20);
            plot.Axes.SetLimitsY(0, Math.Max(1, samples.Max(of) * 1.15));
            plot.Axes.Left.TickLabelStyle.FontSize = plot.Axes.Bottom.TickLabelStyle.FontSize = 17;
            plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { LabelFormatter = steps => steps.ToString("#,0", System.Globalization.CultureInfo.InvariantCulture) };
            if (panel == Panels.Length - 1)
            {
                plot.XLabel("steps of all threads", 18);
            }
        }

        multi.SavePng(file, Width, Panels.Length * PanelHeight);
    }
}
