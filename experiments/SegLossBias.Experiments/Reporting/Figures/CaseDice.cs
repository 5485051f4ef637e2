namespace SegLossBias.Experiments.Reporting;

/// <summary>DSC as the tables count it (<see cref="StructureScore"/>), 0 to 1: a case with nothing there and nothing predicted has none.</summary>
internal static class CaseDice
{
    /// <summary>Mean over the measured cases of a run; NaN if none counts.</summary>
    public static double Of(RunResult run) => ExperimentResults.Measured(run).Select(Of).OfType<double>().DefaultIfEmpty(double.NaN).Average();

    /// <summary>One value per case that counts, the mean over runs; cases are told apart by name.</summary>
    public static IReadOnlyList<double> PerCase(IEnumerable<RunResult> runs) =>
        [.. runs.SelectMany(ExperimentResults.Measured).GroupBy(result => result.Name, (_, group) => group.Select(Of).OfType<double>().ToArray())
            .Where(values => values.Length > 0).Select(values => values.Average())];

    private static double? Of(CaseResult result) => StructureScore.Of(result)?.Dice;
}
