namespace SegLossBias.Training;

/// <summary>DSC of cases, each the mean over its foreground classes, 0 to 1.</summary>
internal static class CaseDice
{
    /// <remarks>A class that is neither there nor predicted counts 1: nothing was there and nothing was found.</remarks>
    public static double Of(CaseResult result) => result.Classes.Average(class_ => Of(class_.Counts));

    public static double Of(OverlapCounts counts) => counts.Empty == EmptyCase.Both ? 1 : counts.Dice;

    /// <summary>Mean over the measured cases of a run.</summary>
    public static double Of(RunResult run) => ExperimentResults.Measured(run).Average(Of);

    /// <summary>One value per case, the mean over runs; cases are told apart by name.</summary>
    public static IReadOnlyList<double> PerCase(IEnumerable<RunResult> runs) =>
        [.. runs.SelectMany(ExperimentResults.Measured).GroupBy(result => result.Name).Select(group => group.Average(Of))];
}
