namespace SegLossBias;

/// <summary>Sums, means and maxima over images or regions in plain numbers, and their derivatives.</summary>
internal static class NumberReduction
{
    internal static void Evaluate(ReductionFormula reduction, ReadOnlySpan<double> terms, Span<double> values)
    {
        var isMax = reduction.Reducing == Reducing.Max && !terms.IsEmpty;
        values.Fill(isMax ? double.NegativeInfinity : 0);
        var walk = new FormulaWalk(reduction.Operands[0].Width, reduction, reduction);
        for (var i = 0; i < terms.Length; i++, walk.Next())
        {
            values[walk.First] = isMax ? Math.Max(values[walk.First], terms[i]) : values[walk.First] + terms[i];
        }

        for (var i = 0; i < values.Length && reduction.Reducing == Reducing.Mean; i++)
        {
            values[i] /= terms.Length / values.Length;
        }
    }

    /// <summary>Adds to the gradient of the terms. Those that are equal to a maximum share its gradient.</summary>
    internal static void Differentiate(ReductionFormula reduction, ReadOnlySpan<double> terms, ReadOnlySpan<double> values, ReadOnlySpan<double> upstream, Span<double> gradient)
    {
        var slope = reduction.Reducing == Reducing.Mean ? (double)upstream.Length / gradient.Length : 1;
        var largest = reduction.Reducing == Reducing.Max ? CountLargest(reduction, terms, values) : [];
        var walk = new FormulaWalk(reduction.Operands[0].Width, reduction, reduction);
        for (var i = 0; i < gradient.Length; i++, walk.Next())
        {
            gradient[i] += upstream[walk.First] * (largest.Length == 0 ? slope : terms[i].Equals(values[walk.First]) ? 1.0 / largest[walk.First] : 0);
        }
    }

    private static int[] CountLargest(ReductionFormula reduction, ReadOnlySpan<double> terms, ReadOnlySpan<double> values)
    {
        var counts = new int[values.Length];
        var walk = new FormulaWalk(reduction.Operands[0].Width, reduction, reduction);
        for (var i = 0; i < terms.Length; i++, walk.Next())
        {
            counts[walk.First] += terms[i].Equals(values[walk.First]) ? 1 : 0;
        }

        return counts;
    }
}
