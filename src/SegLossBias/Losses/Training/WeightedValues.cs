using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Sums of losses of one step.</summary>
internal static class WeightedValues
{
    /// <summary>Σ w·value of at least one.</summary>
    internal static Tensor Sum(IEnumerable<(double Weight, Tensor Value)> values) =>
        values.Select(part => part.Value.Times(part.Weight)).Aggregate((sum, next) => sum.Plus(next)).alias();

    /// <summary>The same with its parts, which outlive the dispose scope at hand.</summary>
    internal static LossBreakdown Breakdown(string name, string implementation, IReadOnlyList<(string Name, double Weight, Tensor Value)> values)
    {
        var total = Sum(values.Select(part => (part.Weight, part.Value)));
        LossPart Part((string Name, double Weight, Tensor Value) part)
        {
            var raw = part.Value.detach().clone();
            return new(part.Name, part.Weight, formula: null, raw.MoveToOuterDisposeScope(), raw.Times(part.Weight).alias().MoveToOuterDisposeScope());
        }

        return new(name, implementation, [.. values.Select(Part)], total.MoveToOuterDisposeScope());
    }
}
