namespace SegLossBias.Experiments.Reporting;

/// <summary>What <see cref="ExperimentFigures.Draw"/> did.</summary>
/// <param name="Files">Names of the files written.</param>
/// <param name="LeftOut">What of a figure is missing since a file is missing or broken, a line each. A figure that the results say nothing of is not missing.</param>
internal sealed record DrawnFigures(IReadOnlyList<string> Files, IReadOnlyList<string> LeftOut);
