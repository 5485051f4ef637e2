using ScottPlot;

namespace SegLossBias.Training;

/// <summary>Everything an invocation measured: the runs that finished one epoch at least.</summary>
/// <param name="Settings">What was asked for.</param>
/// <param name="Data">The pictures, for their names and sizes.</param>
/// <param name="Runs">In the order in which they were trained; never empty.</param>
/// <param name="Missing">Runs that have no result, with the reason.</param>
/// <param name="Shown">Indices of the validation pictures to draw, smallest foreground first.</param>
internal sealed record Results(
    RunSettings Settings, DataSplits Data, IReadOnlyList<Run> Runs, IReadOnlyList<string> Missing, IReadOnlyList<int> Shown)
{
    /// <summary>The losses that have results, each with its colour.</summary>
    public IReadOnlyList<(string Loss, Color Colour)> Colours { get; } =
        [.. Settings.Losses.Select((loss, index) => (loss, Palette.Of(index))).Where(pair => Runs.Any(run => run.Loss == pair.loss))];
}
