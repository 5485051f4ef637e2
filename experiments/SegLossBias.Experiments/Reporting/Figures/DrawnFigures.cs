namespace SegLossBias.Experiments.Reporting;

/// <summary>What <see cref="ExperimentFigures.Draw"/> did.</summary>
/// <param name="Files">Names of the files written.</param>
/// <param name="LeftOut">What could not be drawn and why, a line each.</param>
internal sealed record DrawnFigures(IReadOnlyList<string> Files, IReadOnlyList<string> LeftOut);
