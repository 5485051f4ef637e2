namespace SegLossBias;

/// <summary>
/// Evaluates a tape in plain numbers, and differentiates it in a sweep from the outputs back to the statistics. A step has
/// [images or 1, regions or 1] numbers.
/// </summary>
internal sealed class NumberInterpreter
{
    private readonly FormulaTape _tape;
    private readonly int _images;
    private readonly int[] _starts;
    private readonly double[] _values;

    /// <param name="tape">The formulas.</param>
    /// <param name="numbers">The statistics.</param>
    internal NumberInterpreter(FormulaTape tape, RegionNumbers numbers)
    {
        (_tape, _images) = (tape, numbers.Images);
        _starts = new int[tape.Steps.Count + 1];
        for (var step = 0; step < tape.Steps.Count; step++)
        {
            _starts[step + 1] = checked(_starts[step] + (Rows(tape.Steps[step]) * tape.Steps[step].Width));
        }

        _values = new double[_starts[^1]];
        for (var step = 0; step < tape.Steps.Count; step++)
        {
            Evaluate(step, tape.Operands[step], numbers);
        }
    }

    /// <summary>The numbers of an output: one for each image, or one.</summary>
    internal ReadOnlySpan<double> Output(int output) => Of(_values, _tape.Outputs[output]);

    /// <summary>Adds to the gradient of the statistics.</summary>
    /// <param name="output">Which output is differentiated.</param>
    /// <param name="upstream">The gradient of its numbers.</param>
    /// <param name="statistics">The gradient of the statistics.</param>
    internal void Differentiate(int output, ReadOnlySpan<double> upstream, RegionGradient statistics)
    {
        var gradients = new double[_values.Length];
        upstream.CopyTo(Of(gradients, _tape.Outputs[output]));
        for (var step = _tape.Outputs[output]; step >= 0; step--)
        {
            if (_tape.Steps[step].DependsOnLogits && Of(gradients, step).ContainsAnyExcept(0))
            {
                Differentiate(step, _tape.Operands[step], gradients, statistics);
            }
        }
    }

    private int Rows(Formula formula) => formula.IsPerImage ? _images : 1;

    private Span<double> Of(double[] numbers, int step) => numbers.AsSpan(_starts[step], _starts[step + 1] - _starts[step]);

    private void Evaluate(int step, int[] operands, RegionNumbers numbers)
    {
        var values = Of(_values, step);
        switch (_tape.Steps[step])
        {
            case ConstantFormula constant:
                constant.Values.CopyTo(values);
                break;
            case StatisticFormula statistic:
                numbers.Read(statistic.Source, values);
                break;
            case UnaryFormula unary:
                var operand = Of(_values, operands[0]);
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = unary.Operation.Value(operand[i], 0);
                }

                break;
            case BinaryFormula binary:
                var a = Of(_values, operands[0]);
                var b = Of(_values, operands[1]);
                var walk = new FormulaWalk(binary.Width, binary.Operands[0], binary.Operands[1]);
                for (var i = 0; i < values.Length; i++, walk.Next())
                {
                    values[i] = binary.Operation.Value(a[walk.First], b[walk.Second]);
                }

                break;
            case ReductionFormula reduction:
                NumberReduction.Evaluate(reduction, Of(_values, operands[0]), values);
                break;
            case NamedFormula:
                Of(_values, operands[0]).CopyTo(values);
                break;
            default:
                throw new InvalidOperationException($"{_tape.Steps[step]} is a function of tensors and has no plain numbers.");
        }
    }

    private void Differentiate(int step, int[] operands, double[] gradients, RegionGradient statistics)
    {
        var formula = _tape.Steps[step];
        var upstream = Of(gradients, step);
        if (formula is StatisticFormula statistic)
        {
            statistics.Add(statistic.Source, upstream);
            return;
        }

        var ofFirst = Of(gradients, operands[0]);
        switch (formula)
        {
            case UnaryFormula unary:
                var operand = Of(_values, operands[0]);
                for (var i = 0; i < upstream.Length; i++)
                {
                    Add(ref ofFirst[i], upstream[i], unary.Operation.Slopes(operand[i], 0).OfA);
                }

                break;
            case BinaryFormula binary:
                var ofSecond = Of(gradients, operands[1]);
                var a = Of(_values, operands[0]);
                var b = Of(_values, operands[1]);
                var walk = new FormulaWalk(binary.Width, binary.Operands[0], binary.Operands[1]);
                for (var i = 0; i < upstream.Length; i++, walk.Next())
                {
                    var (slopeOfA, slopeOfB) = binary.Operation.Slopes(a[walk.First], b[walk.Second]);
                    Add(ref ofFirst[walk.First], upstream[i], slopeOfA);
                    Add(ref ofSecond[walk.Second], upstream[i], slopeOfB);
                }

                break;
            case ReductionFormula reduction:
                NumberReduction.Differentiate(reduction, Of(_values, operands[0]), Of(_values, step), upstream, ofFirst);
                break;
            default:
                for (var i = 0; i < upstream.Length; i++)
                {
                    ofFirst[i] += upstream[i];
                }

                break;
        }
    }

    /// <summary>No gradient comes of 0 · ∞, be it the slope that is infinite or the loss.</summary>
    private static void Add(ref double gradient, double upstream, double slope)
    {
        if (upstream != 0 && slope != 0)
        {
            gradient += upstream * slope;
        }
    }
}
