namespace SegLossBias;

/// <summary>A formula as Σ a·S over statistics and regions with numbers a: what a mean over pixels adds up for each of them.</summary>
internal sealed class LinearForm
{
    private readonly Dictionary<RegionStatistic, double[]> _factors = [];

    private LinearForm()
    {
    }

    /// <summary>The factors of each statistic: of the K foregrounds, then of the K backgrounds.</summary>
    internal IReadOnlyDictionary<RegionStatistic, double[]> Factors => _factors;

    /// <summary>Those of the target sizes; null where there are none.</summary>
    internal double[]? OfTargetSize { get; private set; }

    /// <summary>The form of a formula with one value for each image.</summary>
    /// <returns>Null where the formula is of another form, or reads other sizes than those of its regions.</returns>
    internal static LinearForm? Of(Formula formula)
    {
        var form = new LinearForm();
        return form.Add(formula, [1]) ? form : null;
    }

    /// <param name="formula">What is added.</param>
    /// <param name="factors">Of each of its regions.</param>
    private bool Add(Formula formula, double[] factors) => formula switch
    {
        NamedFormula => Add(formula.Operands[0], factors),
        StatisticFormula statistic => Add(statistic.Source, factors),
        ReductionFormula { Axis: Axis.Classes, Reducing: Reducing.Sum, Operands: [var operand] } => Add(operand, [.. Enumerable.Repeat(factors[0], operand.Width)]),
        UnaryFormula { Operands: [var operand] } unary when unary.Operation == Operation.Negate => Add(operand, Times(factors, [-1])),
        BinaryFormula { Operands: [var left, var right] } binary => Add(binary.Operation, left, right, factors),
        _ => false,
    };

    private bool Add(Operation operation, Formula left, Formula right, double[] factors)
    {
        bool Scaled(Formula operand, double[] numbers) => Add(operand, Of(operand, numbers));
        if (operation == Operation.Add || operation == Operation.Subtract)
        {
            return Scaled(left, factors) && Scaled(right, operation == Operation.Add ? factors : Times(factors, [-1]));
        }

        if (operation == Operation.Multiply)
        {
            return Numbers(left) is { } ofLeft ? Scaled(right, Times(factors, ofLeft))
                : Numbers(right) is { } ofRight && Scaled(left, Times(factors, ofRight));
        }

        return operation == Operation.Divide && Numbers(right) is { } below
            && Scaled(left, Times(factors, [.. below.Select(number => operation.Value(1, number))]));
    }

    private bool Add(StatisticSource source, double[] factors)
    {
        var isTargetSize = source.Statistic is null;
        var most = isTargetSize && source.Mode == SegmentationMode.Multiclass ? source.Channels : 2 * source.Channels;
        if ((isTargetSize && source.Size != TargetSizeKind.Region) || source.Columns.Any(column => column >= most))
        {
            return false;
        }

        var all = source.Statistic is { } statistic ? _factors.GetValueOrDefault(statistic) : OfTargetSize;
        all ??= new double[2 * source.Channels];
        for (var i = 0; i < factors.Length; i++)
        {
            all[source.Columns[i]] += factors[i];
        }

        if (source.Statistic is { } gathered)
        {
            _factors[gathered] = all;
        }
        else
        {
            OfTargetSize = all;
        }

        return true;
    }

    /// <summary>The factors of an operand, one that is repeated for all regions among them.</summary>
    private static double[] Of(Formula operand, double[] factors) => operand.Width == factors.Length ? factors : [factors.Sum()];

    private static double[] Times(double[] left, double[] right) =>
        [.. Enumerable.Range(0, Math.Max(left.Length, right.Length)).Select(i => left[left.Length == 1 ? 0 : i] * right[right.Length == 1 ? 0 : i])];

    /// <summary>The numbers of a formula that reads no statistic; else null.</summary>
    private static double[]? Numbers(Formula formula)
    {
        switch (formula)
        {
            case ConstantFormula constant:
                return constant.Values;
            case NamedFormula:
                return Numbers(formula.Operands[0]);
            case UnaryFormula unary:
                return Numbers(unary.Operands[0]) is { } operand ? [.. operand.Select(number => unary.Operation.Value(number, 0))] : null;
            case BinaryFormula binary when Numbers(binary.Operands[0]) is { } left && Numbers(binary.Operands[1]) is { } right:
                return [.. Enumerable.Range(0, binary.Width).Select(i => binary.Operation.Value(left[left.Length == 1 ? 0 : i], right[right.Length == 1 ? 0 : i]))];
            default:
                return null;
        }
    }
}
