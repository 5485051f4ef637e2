namespace SegLossBias;

/// <summary>Formulas in the order in which they can be evaluated: operands before what needs them, each once.</summary>
internal sealed class FormulaTape
{
    private readonly Dictionary<Formula, int> _places = new(ReferenceEqualityComparer.Instance);
    private readonly List<Formula> _steps = [];
    private readonly List<int[]> _operands = [];

    /// <param name="outputs">What is to be evaluated.</param>
    internal FormulaTape(IReadOnlyList<Formula> outputs)
    {
        Outputs = new int[outputs.Count];
        for (var output = 0; output < outputs.Count; output++)
        {
            Outputs[output] = Add(outputs[output]);
        }

        var statistics = new List<RegionStatistic>();
        foreach (var step in _steps)
        {
            if (step is StatisticFormula { Source.Statistic: { } statistic } && !statistics.Contains(statistic))
            {
                statistics.Add(statistic);
            }

            IsNumeric &= step is not TensorFormula;
            ReadsInstances |= step is StatisticFormula { Source: { } source } && source.Columns[0] >= 2 * source.Channels;
        }

        // The predicted size of an instance is made of sizes and overlaps.
        if (ReadsInstances && !statistics.Contains(RegionStatistic.Overlap))
        {
            statistics.Add(RegionStatistic.Overlap);
        }

        (Statistics, Requests) = (statistics, RegionRequest.For(statistics));
        Maps = [.. statistics.Select(statistic => statistic.Map).OfType<string>().Distinct()];
    }

    internal IReadOnlyList<Formula> Steps => _steps;

    /// <summary>The places of the operands of each step.</summary>
    internal IReadOnlyList<int[]> Operands => _operands;

    /// <summary>The places of the outputs.</summary>
    internal int[] Outputs { get; }

    /// <summary>The statistics that the formulas read.</summary>
    internal IReadOnlyList<RegionStatistic> Statistics { get; }

    /// <summary>The passes that gather them.</summary>
    internal IReadOnlyList<RegionRequest> Requests { get; }

    /// <summary>The maps of the target that the formulas read.</summary>
    internal IReadOnlyCollection<string> Maps { get; }

    /// <summary>Whether the formulas read the instances of the target.</summary>
    internal bool ReadsInstances { get; }

    /// <summary>Whether plain numbers will do.</summary>
    internal bool IsNumeric { get; } = true;

    private int Add(Formula formula)
    {
        if (_places.TryGetValue(formula, out var place))
        {
            return place;
        }

        var operands = new int[formula.Operands.Length];
        for (var operand = 0; operand < operands.Length; operand++)
        {
            operands[operand] = Add(formula.Operands[operand]);
        }

        _steps.Add(formula);
        _operands.Add(operands);
        return _places[formula] = _steps.Count - 1;
    }
}
