namespace SegLossBias.Experiments.Results;

/// <summary>An experiment as its folder holds it.</summary>
/// <param name="Settings">What was asked for.</param>
/// <param name="Runs">The finished runs, in the order of the settings.</param>
/// <param name="Missing">Runs of the settings that have no result.</param>
internal sealed record ExperimentResults(ExperimentSettings Settings, IReadOnlyList<RunResult> Runs, IReadOnlyList<RunKey> Missing)
{
    /// <summary>The test cases if the experiment has any, else the validation cases.</summary>
    public static IReadOnlyList<CaseResult> Measured(RunResult run) => run.Test.Count > 0 ? run.Test : run.Validation;
}
