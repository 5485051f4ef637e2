namespace SegLossBias.Experiments.Planning;

/// <summary>A run that has no result.</summary>
/// <param name="Run">Which.</param>
/// <param name="Reason">What was found of it.</param>
internal sealed record RunGap(RunKey Run, string Reason)
{
    public override string ToString() => $"{Run}: {Reason}";
}

/// <summary>What collecting gave.</summary>
/// <param name="Results">The experiment as the target folder now holds it.</param>
/// <param name="Copied">Results that were not there before.</param>
/// <param name="Gaps">Runs without a result, in the order of the settings.</param>
internal sealed record CollectOutcome(ExperimentResults Results, int Copied, IReadOnlyList<RunGap> Gaps)
{
    public bool IsComplete => Gaps.Count == 0;
}
