using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>A number, or one for each region.</summary>
internal sealed class ConstantFormula(double[] values, string? symbol) : Formula(isPerImage: false, values.Length, [])
{
    internal double[] Values => values;

    internal double Number => values[0];

    internal string? Symbol => symbol;

    internal override double Least => values.Min();
}

/// <summary>A statistic of some regions: a request to the primitive.</summary>
internal sealed class StatisticFormula : Formula
{
    internal StatisticFormula(StatisticSource source, string symbol)
        : base(isPerImage: true, source.Columns.Length, [])
    {
        (Source, Symbol) = (source, symbol);
        DependsOnLogits = source.Statistic is not null;
    }

    internal StatisticSource Source { get; }

    internal string Symbol { get; }

    internal override double Least => 0;
}

internal sealed class UnaryFormula(Operation operation, Formula operand) : Formula(operand.IsPerImage, operand.Width, [operand])
{
    internal Operation Operation => operation;

    internal override double Least => operation.Least(Operands[0].Least, 0);
}

internal sealed class BinaryFormula : Formula
{
    internal BinaryFormula(Operation operation, Formula left, Formula right)
        : base(left.IsPerImage || right.IsPerImage, Math.Max(left.Width, right.Width), [left, right])
    {
        Operation = operation;
        DependsOnLogits &= operation.HasGradient;
    }

    internal Operation Operation { get; }

    internal override double Least => Operation.Least(Operands[0].Least, Operands[1].Least);
}

/// <summary>A sum or mean over images or regions.</summary>
internal sealed class ReductionFormula(Formula operand, Axis axis, bool isMean)
    : Formula(operand.IsPerImage && axis != Axis.Images, axis == Axis.Classes ? 1 : operand.Width, [operand])
{
    internal Axis Axis => axis;

    internal bool IsMean => isMean;

    internal override double Least => Operands[0].Least >= 0 ? Operands[0].Least : double.NegativeInfinity;
}

/// <summary>A formula with a symbol.</summary>
internal sealed class NamedFormula(Formula operand, string symbol) : Formula(operand.IsPerImage, operand.Width, [operand])
{
    internal string Symbol => symbol;

    internal override double Least => Operands[0].Least;
}

/// <summary>A function of tensors, which plain numbers cannot evaluate.</summary>
internal sealed class TensorFormula(string name, Func<Tensor, Tensor> function, Formula operand) : Formula(operand.IsPerImage, operand.Width, [operand])
{
    internal string Name => name;

    internal Func<Tensor, Tensor> Function => function;
}
