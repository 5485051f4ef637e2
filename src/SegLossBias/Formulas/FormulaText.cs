using System.Globalization;

namespace SegLossBias;

/// <summary>
/// Writes formulas in mathematical notation: the formula, then the definitions of the symbols it uses. Where one symbol would
/// stand for two things, the later ones get a number.
/// </summary>
internal sealed class FormulaText
{
    /// <summary>What follows Σ reaches as far as it can, so a sum over an axis is bracketed wherever something follows.</summary>
    private const int ReductionPrecedence = 0;
    private const int SumPrecedence = 1;
    private const int ProductPrecedence = 2;
    private const int NamePrecedence = 3;

    /// <summary>Operations that are written out; a formula that shares its parts many times would become endless.</summary>
    private const int MostOperations = 500;

    private readonly Dictionary<string, List<object>> _meanings = [];
    private readonly List<string> _definitions = [];
    private int _operations;

    internal static string Of(Formula formula)
    {
        var writer = new FormulaText();
        var text = writer.Write(formula).Text;
        return string.Join(", ", [text, .. writer._definitions]);
    }

    private (string Text, int Precedence) Write(Formula formula)
    {
        if (_operations++ > MostOperations)
        {
            return ("…", NamePrecedence);
        }

        switch (formula)
        {
            case ConstantFormula constant:
                return (constant.Symbol ?? Number(constant), constant.Symbol is null && constant.Values[0] < 0 ? SumPrecedence : NamePrecedence);
            case StatisticFormula statistic:
                return (Symbol(statistic), NamePrecedence);
            case NamedFormula name:
                return (Symbol(name), NamePrecedence);
            case UnaryFormula unary:
                var least = unary.Operation.Precedence == SumPrecedence ? ProductPrecedence : ReductionPrecedence;
                return (unary.Operation.Text(In(unary.Operands[0], least), ""), unary.Operation.Precedence);
            case BinaryFormula binary:
                return (Binary(binary), binary.Operation.Precedence);
            case ReductionFormula reduction:
                var sign = reduction.Reducing switch { Reducing.Mean => "mean", Reducing.Max => "max", _ => "Σ" };
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

    private string Symbol(StatisticFormula statistic)
    {
        var (symbol, isNew) = Symbol(statistic.Symbol, statistic.Source, other => other is StatisticSource source && source.IsSameAs(statistic.Source));
        if (isNew && symbol != statistic.Symbol)
        {
            _definitions.Add($"{symbol} = {statistic.Source}");
        }

        return symbol;
    }

    private string Symbol(NamedFormula name)
    {
        // Where the definition will stand if the symbol is new: before those that it uses itself.
        var place = _definitions.Count;
        var definition = In(name.Operands[0], ReductionPrecedence);
        var (symbol, isNew) = Symbol(name.Symbol, definition, definition.Equals);
        if (isNew)
        {
            _definitions.Insert(place, $"{symbol} = {definition}");
        }

        return symbol;
    }

    /// <summary>The symbol, with a number where it already stands for something else; and whether it is new.</summary>
    private (string Symbol, bool IsNew) Symbol(string symbol, object meaning, Predicate<object> isSame)
    {
        if (!_meanings.TryGetValue(symbol, out var meanings))
        {
            _meanings[symbol] = meanings = [];
        }

        var index = meanings.FindIndex(isSame);
        if (index < 0)
        {
            meanings.Add(meaning);
        }

        var number = index < 0 ? meanings.Count : index + 1;
        return (number == 1 ? symbol : $"{symbol}{Subscript(number)}", index < 0);
    }

    internal static string Subscript(long number) => string.Concat(number.ToString(CultureInfo.InvariantCulture).Select(digit => (char)('₀' + (digit - '0'))));

    private static string Number(ConstantFormula constant)
    {
        var numbers = string.Join(", ", constant.Values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
        return constant.Width > 1 ? $"[{numbers}]" : numbers;
    }
}
