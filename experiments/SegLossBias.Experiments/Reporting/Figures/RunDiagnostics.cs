namespace SegLossBias.Experiments.Reporting;

/// <summary>What the runs of a loss have saved as <see cref="ResultFolder.DiagnosticsFile"/>, all seeds together.</summary>
/// <param name="Series">The loss.</param>
/// <param name="Found">Sizes and gradients.</param>
/// <param name="Classes">The name of each region of <paramref name="Found"/>, in its order.</param>
internal sealed record RunDiagnostics(LossSeries Series, RegionSizeDiagnostics Found, IReadOnlyList<string> Classes)
{
    private static readonly double[] Edges = [.. new RegionSizeDiagnostics().Edges];

    /// <summary>Bins of the true proportion, in words.</summary>
    public static readonly IReadOnlyList<string> Bins =
        [.. Edges.Prepend(0).Zip(Edges.Append(1), (above, most) => $"{FigurePlot.Plain(100 * above)} to {FigurePlot.Plain(100 * most)} %")];

    /// <param name="losses">Of an experiment.</param>
    /// <param name="mode">With one logit, the foreground is the first region.</param>
    /// <param name="folder">Of that experiment.</param>
    /// <param name="notes">Receives a line for each file that cannot be used. Versions before this one wrote none.</param>
    /// <returns>The losses of which a run has such a file.</returns>
    public static IReadOnlyList<RunDiagnostics> Of(IReadOnlyList<LossSeries> losses, OutputMode mode, string folder, ICollection<string> notes)
    {
        var all = new List<RunDiagnostics>();
        foreach (var series in losses)
        {
            var found = new RegionSizeDiagnostics();
            foreach (var run in series.Runs)
            {
                Merge(found, Path.Combine(ResultFolder.RunFolder(folder, new(series.Loss, run.Seed)), ResultFolder.DiagnosticsFile), notes);
            }

            if (found.Gradients.Count > 0)
            {
                var names = series.Runs[0].Classes;
                all.Add(new(series, found, mode == OutputMode.Binary ? [.. names.Reverse()] : names));
            }
        }

        return all;
    }

    /// <summary>
    /// Expected over true size of the measured regions of a bin: the sums of the probabilities over the true sizes, mean over images.
    /// NaN where no region is so large.
    /// </summary>
    public double Ratio(int bin)
    {
        var most = Edges.Append(1).ElementAt(bin);
        var inside = Found.Sizes.Where(size => size.Most == most && (size.Region != "0" || Series.Runs[0].FirstMeasured == 0)).ToArray();
        return inside.Sum(size => size.Images * size.PredictedProportion) / inside.Sum(size => size.Images * size.TrueProportion);
    }

    private static void Merge(RegionSizeDiagnostics all, string file, ICollection<string> notes)
    {
        if (!File.Exists(file))
        {
            return;
        }

        try
        {
            all.Merge(RegionSizeDiagnostics.Load(file));
        }
        catch (Exception unusable) when (unusable is InvalidDataException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            notes.Add($"diagnostics.png: left out: {file}: {unusable.Message}");
        }
    }
}
