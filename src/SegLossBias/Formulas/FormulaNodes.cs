using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>A number, or one for each region.</summary>
internal sealed class ConstantFormula : Formula
{
    internal ConstantFormula(double[] values, string? symbol)
        : base(isPerImage: false, values.Length, []) => (Values, Symbol, Least) = (values, symbol, values.Min());

    internal double[] Values { get; }

    internal double Number => Values[0];

    internal string? Symbol { get; }
}

/// <summary>A statistic of some regions: a request to the primitive.</summary>
internal sealed class StatisticFormula : Formula
{
    internal StatisticFormula(StatisticSource source, string symbol)
        : base(isPerImage: true, source.Columns.Length, [])
    {
        (Source, Symbol) = (source, symbol);
        DependsOnLogits = source.Statistic is { HasGradient: true };
        Least = source.Statistic?.Kind == StatisticKind.MapSum ? double.NegativeInfinity : 0;
    }

    internal StatisticSource Source { get; }

    internal string Symbol { get; }
}

internal sealed class UnaryFormula : Formula
{
    internal UnaryFormula(Operation operation, Formula operand)
        : base(operand.IsPerImage, operand.Width, [operand]) => (Operation, Least) = (operation, operation.Least(operand.Least, 0));

    internal Operation Operation { get; }
}

internal sealed class BinaryFormula : Formula
{
    internal BinaryFormula(Operation operation, Formula left, Formula right)
        : base(left.IsPerImage || right.IsPerImage, Math.Max(left.Width, right.Width), [left, right])
    {
        (Operation, Least) = (operation, operation.Least(left.Least, right.Least));
        DependsOnLogits &= operation.HasGradient;
    }

    internal Operation Operation { get; }
}

/// <summary>What a <see cref="ReductionFormula"/> makes of many values.</summary>
internal enum Reducing
{
    Sum,
    Mean,
    Max,
}

/// <summary>A sum, a mean or the largest over images or regions.</summary>
internal sealed class ReductionFormula : Formula
{
    internal ReductionFormula(Formula operand, Axis axis, Reducing reducing)
        : base(operand.IsPerImage && axis != Axis.Images, axis == Axis.Classes ? 1 : operand.Width, [operand])
    {
        (Axis, Reducing) = (axis, reducing);

        // An empty batch has the sum 0.
        Least = operand.Least >= 0 ? axis == Axis.Classes ? operand.Least : 0 : double.NegativeInfinity;
    }

    internal Axis Axis { get; }

    internal Reducing Reducing { get; }
}

/// <summary>A formula with a symbol.</summary>
internal sealed class NamedFormula : Formula
{
    internal NamedFormula(Formula operand, string symbol)
        : base(operand.IsPerImage, operand.Width, [operand]) => (Symbol, Least) = (symbol, operand.Least);

    internal string Symbol { get; }
}

/// <summary>A function of tensors, which plain numbers cannot evaluate.</summary>
internal sealed class TensorFormula(string name, Func<Tensor, Tensor> function, Formula operand) : Formula(operand.IsPerImage, operand.Width, [operand])
{
    internal string Name => name;

    internal Func<Tensor, Tensor> Function => function;
}
