namespace SegLossBias.Experiments.Results;

/// <summary>The epoch of a run that did best on the validation cases, by <see cref="ExperimentSettings.BestMeasure"/>.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Validation">The validation cases after it; what they say is flattered, since they chose it.</param>
/// <param name="Test">The test cases after it.</param>
internal sealed record BestEpoch(int Epoch, IReadOnlyList<CaseResult> Validation, IReadOnlyList<CaseResult> Test);
