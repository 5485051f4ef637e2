using System.Globalization;

namespace SegLossBias;

/// <summary>Writes formulas in mathematical notation.</summary>
internal static class FormulaText
{
    /// <summary>What follows Σ reaches as far as it can, so a sum over an axis is bracketed wherever something follows.</summary>
    private const int ReductionPrecedence = 0;
    private const int SumPrecedence = 1;
    private const int ProductPrecedence = 2;
    private const int NamePrecedence = 3;

    /// <summary>The formula, then the definitions of the symbols it uses.</summary>
    internal static string Of(Formula formula)
    {
        var named = new List<NamedFormula>();
        var text = new Writer(named).Write(formula).Text;
        var definitions = new List<string>();
        for (var index = 0; index < named.Count; index++)
        {
            definitions.Add($"{named[index].Symbol} = {new Writer(named).Write(named[index].Operands[0]).Text}");
        }

        return string.Join(", ", [text, .. definitions]);
    }

    private sealed class Writer(List<NamedFormula> named)
    {
        internal (string Text, int Precedence) Write(Formula formula)
        {
            switch (formula)
            {
                case ConstantFormula constant:
                    return (constant.Symbol ?? Number(constant), constant.Symbol is null && constant.Values[0] < 0 ? SumPrecedence : NamePrecedence);
                case StatisticFormula statistic:
                    return (statistic.Symbol, NamePrecedence);
                case NamedFormula name:
                    if (!named.Exists(known => known.Symbol == name.Symbol))
                    {
                        named.Add(name);
                    }

                    return (name.Symbol, NamePrecedence);
                case UnaryFormula unary:
                    var least = unary.Operation.Precedence == SumPrecedence ? ProductPrecedence : ReductionPrecedence;
                    return (unary.Operation.Text(In(unary.Operands[0], least), ""), unary.Operation.Precedence);
                case BinaryFormula binary:
                    return (Binary(binary), binary.Operation.Precedence);
                case ReductionFormula reduction:
                    var sign = reduction.IsMean ? "mean" : "Σ";
                    var index = reduction.Axis == Axis.Images ? "n" : "k";
                    return ($"{sign}_{index} {In(reduction.Operands[0], reduction.Operands[0] is ReductionFormula ? ReductionPrecedence : ProductPrecedence)}", ReductionPrecedence);
                case TensorFormula function:
                    return ($"{function.Name}({In(function.Operands[0], ReductionPrecedence)})", NamePrecedence);
                default:
                    throw new InvalidOperationException($"{formula.GetType().Name} has no text.");
            }
        }

        private string Binary(BinaryFormula binary)
        {
            var (operation, left, right) = (binary.Operation, binary.Operands[0], binary.Operands[1]);
            if (operation.Precedence == NamePrecedence && operation != Operation.Power)
            {
                return operation.Text(In(left, ReductionPrecedence), In(right, ReductionPrecedence));
            }

            // The second operand of these stands in brackets of its own.
            if (operation == Operation.XLogY || operation == Operation.Where || operation == Operation.WhereCounted || operation == Operation.IsCounted)
            {
                return operation.Text(In(left, ProductPrecedence), In(right, ReductionPrecedence));
            }

            // The right operand of − and / is bracketed unless it binds more tightly.
            var isOneSided = operation == Operation.Subtract || operation == Operation.Divide;
            return operation.Text(In(left, operation.Precedence), In(right, operation.Precedence + (isOneSided ? 1 : 0)));
        }

        private string In(Formula formula, int precedence)
        {
            var (text, own) = Write(formula);
            return own >= precedence ? text : $"({text})";
        }
    }

    private static string Number(ConstantFormula constant) =>
        string.Join(", ", constant.Values.Select(value => value.ToString("R", CultureInfo.InvariantCulture))) is var numbers && constant.Width > 1
            ? $"[{numbers}]"
            : numbers;
}
