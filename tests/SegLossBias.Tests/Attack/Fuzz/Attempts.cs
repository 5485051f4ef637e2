namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>All attacks, and how often each is taken.</summary>
internal static class Attempts
{
    private static readonly (int Share, Func<Draw, Attempt> Make)[] Kinds =
    [
        (40, LossAttempts.Make),
        (8, StatisticsAttempts.Make),
        (12, MetricAttempts.Make),
        (8, MapAttempts.Make),
        (8, WholeAttempts.Make),
        (8, DiagnosticAttempts.Make),
        (6, SettingAttempts.Make),
        (4, PresetAttempts.Make),
        (4, FormulaAttempts.Make),
        (4, CallAttempts.Make),
        (4, FileAttempts.Make),
        (4, MaskAttempts.Make),
        (4, OptimizerAttempts.Make),
        (10, EntryAttempts.Make),
    ];

    /// <summary>The case of a seed and a number; a pure function of them.</summary>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="number">The number of the case.</param>
    /// <param name="planted">A fault of <see cref="PlantedFaults"/> to hide among the cases, for the test of the fuzzer itself.</param>
    internal static Attempt Make(ulong seed, int number, string? planted = null)
    {
        if (planted is not null && PlantedFaults.At(number, planted) is { } fault)
        {
            return fault;
        }

        var draw = new Draw(seed, number);
        var place = draw.Int(0, Kinds.Sum(kind => kind.Share) - 1);
        foreach (var (share, make) in Kinds)
        {
            if ((place -= share) < 0)
            {
                return make(draw);
            }
        }

        throw new InvalidOperationException("the shares of the attacks do not add up.");
    }
}
