namespace SegLossBias.Experiments.Reporting;

/// <summary>The figures of an experiment, from the results that its folder holds.</summary>
internal static class ExperimentFigures
{
    /// <param name="results">Saved results; runs may be missing.</param>
    /// <param name="folder">The experiment's folder: holds <c>shown/</c> and <c>runs/</c>, and receives the figures.</param>
    public static DrawnFigures Draw(ExperimentResults results, string folder)
    {
        var (files, notes) = (new List<string>(), new List<string>());
        LossSeries[] losses = [.. LossSeries.Of(results).Where(series => CaseDice.PerCase(series.Runs).Count > 0)];
        if (losses.Length == 0)
        {
            return new([], ["no figure is drawn: no run has a case with anything true or predicted"]);
        }

        void File(string name, bool possible, Action<string> draw)
        {
            if (possible)
            {
                draw(Path.Combine(folder, name));
                files.Add(name);
            }
        }

        var runs = losses.SelectMany(series => series.Runs).ToArray();
        var ablations = LambdaAblation.Of(losses);
        File("figure-3.png", ablations.Count > 0, file => LambdaFigure.Save(losses, ablations, file));
        DiceFigure.Save(losses, Path.Combine(folder, "figure-4.png"));
        files.Add("figure-4.png");
        if (OverlayFigure.Save(results, folder, Path.Combine(folder, "figure-5.png"), notes))
        {
            files.Add("figure-5.png");
        }

        File("figure-f7.png", runs.Any(run => run.Epochs.Count > 0), file => ValidationFigure.Save(losses, file));
        File("region-sizes.png", runs.Any(run => double.IsFinite(SizeBias.OfRun(run))), file => SizeFigure.Save(losses, file));
        var diagnostics = RunDiagnostics.Of(losses, results.Settings.Mode, folder, notes);
        File("diagnostics.png", diagnostics.Count > 0, file => DiagnosticsFigure.Save(diagnostics, file));
        return new(files, notes);
    }
}
