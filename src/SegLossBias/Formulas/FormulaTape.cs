namespace SegLossBias;

/// <summary>Formulas in the order in which they can be evaluated: operands before what needs them, each once.</summary>
internal sealed class FormulaTape
{
    private readonly Dictionary<Formula, int> _places = new(ReferenceEqualityComparer.Instance);
    private readonly List<Formula> _steps = [];

    /// <param name="outputs">What is to be evaluated.</param>
    internal FormulaTape(IReadOnlyList<Formula> outputs)
    {
        foreach (var output in outputs)
        {
            Add(output);
        }

        Outputs = [.. outputs.Select(PlaceOf)];
        Operands = [.. _steps.Select(step => (int[])[.. step.Operands.Select(PlaceOf)])];
    }

    internal IReadOnlyList<Formula> Steps => _steps;

    /// <summary>The places of the operands of each step.</summary>
    internal int[][] Operands { get; }

    /// <summary>The places of the outputs.</summary>
    internal int[] Outputs { get; }

    /// <summary>The statistics that the formulas read.</summary>
    internal IReadOnlyList<RegionStatistic> Statistics =>
        [.. _steps.OfType<StatisticFormula>().Select(step => step.Source.Statistic).OfType<RegionStatistic>().Distinct()];

    /// <summary>Whether plain numbers will do.</summary>
    internal bool IsNumeric => !_steps.Exists(step => step is TensorFormula);

    private int PlaceOf(Formula formula) => _places[formula];

    private void Add(Formula formula)
    {
        if (_places.ContainsKey(formula))
        {
            return;
        }

        foreach (var operand in formula.Operands)
        {
            Add(operand);
        }

        _places[formula] = _steps.Count;
        _steps.Add(formula);
    }
}
