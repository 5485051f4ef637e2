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
            _starts[step + 1] = checked(_starts[step] + Length(tape.Steps[step]));
        }

        _values = new double[_starts[^1]];
        for (var step = 0; step < tape.Steps.Count; step++)
        {
            Evaluate(step, numbers);
        }
    }

    /// <summary>The numbers of an output: one for each image, or one.</summary>
    internal ReadOnlySpan<double> Output(int output) => Of(_values, _tape.Outputs[output]);

    /// <summary>Adds to the gradient of the statistics.</summary>
    /// <param name="output">Which output is differentiated.</param>
    /// <param name="upstream">The gradient of its numbers.</param>
    /// <param name="numbers">The statistics.</param>
    internal void Differentiate(int output, ReadOnlySpan<double> upstream, RegionGradient numbers)
    {
        var gradients = new double[_values.Length];
        upstream.CopyTo(Of(gradients, _tape.Outputs[output]));
        for (var step = _tape.Outputs[output]; step >= 0; step--)
        {
            var formula = _tape.Steps[step];
            if (formula.DependsOnLogits && Of(gradients, step).ContainsAnyExcept(0))
            {
                Differentiate(step, formula, gradients, numbers);
            }
        }
    }

    private int Length(Formula formula) => (formula.IsPerImage ? _images : 1) * formula.Width;

    private Span<double> Of(double[] numbers, int step) => numbers.AsSpan(_starts[step], _starts[step + 1] - _starts[step]);

    private void Evaluate(int step, RegionNumbers numbers)
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
                var operand = Of(_values, _tape.Operands[step][0]);
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = unary.Operation.Value(operand[i], 0);
                }

                break;
            case BinaryFormula binary:
                var a = Of(_values, _tape.Operands[step][0]);
                var b = Of(_values, _tape.Operands[step][1]);
                var (left, right) = (new Steps(binary, binary.Operands[0]), new Steps(binary, binary.Operands[1]));
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = binary.Operation.Value(a[left.At(i)], b[right.At(i)]);
                }

                break;
            case ReductionFormula reduction:
                var terms = Of(_values, _tape.Operands[step][0]);
                var target = new Steps(reduction.Operands[0], reduction);
                for (var i = 0; i < terms.Length; i++)
                {
                    values[target.At(i)] += terms[i];
                }

                for (var i = 0; i < values.Length && reduction.IsMean; i++)
                {
                    values[i] /= Math.Max(1, terms.Length / values.Length);
                }

                break;
            case NamedFormula:
                Of(_values, _tape.Operands[step][0]).CopyTo(values);
                break;
            default:
                throw new InvalidOperationException($"{_tape.Steps[step]} is a function of tensors and has no plain numbers.");
        }
    }

    private void Differentiate(int step, Formula formula, double[] gradients, RegionGradient numbers)
    {
        var upstream = Of(gradients, step);
        if (formula is StatisticFormula statistic)
        {
            numbers.Add(statistic.Source, upstream);
            return;
        }

        var ofFirst = Of(gradients, _tape.Operands[step][0]);
        switch (formula)
        {
            case UnaryFormula unary:
                var operand = Of(_values, _tape.Operands[step][0]);
                for (var i = 0; i < upstream.Length; i++)
                {
                    Add(ref ofFirst[i], upstream[i], unary.Operation.Slopes(operand[i], 0).OfA);
                }

                break;
            case BinaryFormula binary:
                var ofSecond = Of(gradients, _tape.Operands[step][1]);
                var a = Of(_values, _tape.Operands[step][0]);
                var b = Of(_values, _tape.Operands[step][1]);
                var (left, right) = (new Steps(binary, binary.Operands[0]), new Steps(binary, binary.Operands[1]));
                for (var i = 0; i < upstream.Length; i++)
                {
                    var (slopeOfA, slopeOfB) = binary.Operation.Slopes(a[left.At(i)], b[right.At(i)]);
                    Add(ref ofFirst[left.At(i)], upstream[i], slopeOfA);
                    Add(ref ofSecond[right.At(i)], upstream[i], slopeOfB);
                }

                break;
            case ReductionFormula reduction:
                var from = new Steps(reduction.Operands[0], reduction);
                var slope = reduction.IsMean ? 1.0 / Math.Max(1, ofFirst.Length / upstream.Length) : 1;
                for (var i = 0; i < ofFirst.Length; i++)
                {
                    ofFirst[i] += upstream[from.At(i)] * slope;
                }

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

    /// <summary>Where number i of a formula finds that of another, which may be repeated for it.</summary>
    private readonly struct Steps(Formula whole, Formula part)
    {
        private readonly int _width = whole.Width;
        private readonly int _perImage = part.IsPerImage ? part.Width : 0;
        private readonly int _perRegion = part.Width > 1 ? 1 : 0;

        internal int At(int i) => (i / _width * _perImage) + (i % _width * _perRegion);
    }
}
