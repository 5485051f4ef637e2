using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>One evaluation of a sum of terms: the formulas of the region terms in one tape, the pixel terms in tensors.</summary>
/// <param name="terms">The terms with their weights.</param>
/// <param name="reduction">How values are joined.</param>
/// <param name="epoch">Where schedules are read.</param>
/// <param name="input">The checked input.</param>
internal sealed class LossEvaluation(IReadOnlyList<WeightedTerm> terms, nn.Reduction reduction, int epoch, SegmentationInput input)
{
    private readonly double[] _lambdas = [.. terms.Select(term => term.Lambda.At(epoch))];
    private readonly LossFormula?[] _definitions = new LossFormula?[terms.Count];
    private Formula?[]? _values;

    /// <summary>float64 for float64 logits, else float32.</summary>
    private ScalarType Type => input.Logits.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    /// <summary>The loss alone.</summary>
    internal Tensor Total()
    {
        var ofRegions = Sum(Formulas()) is { } formula ? RegionValues.Evaluate([formula], input, Type).Total : null;
        return Total(ofRegions, PixelValues());
    }

    /// <summary>The loss and what it is made of.</summary>
    internal LossBreakdown Breakdown(string name)
    {
        var formulas = Formulas();
        var ofPixels = PixelValues();
        var (total, raw, implementation) = Sum(formulas) is { } sum
            ? RegionValues.Evaluate([sum, .. formulas.OfType<Formula>()], input, Type)
            : (null, [], "pixels");
        var next = 0;
        var parts = terms.Select((term, index) =>
        {
            var value = formulas[index] is null ? ofPixels[index]!.detach().to(Type).clone() : raw[next++];
            return new LossPart(term.Term.Name, _lambdas[index], _definitions[index]?.ToString(), value.MoveToOuterDisposeScope(), value.Times(_lambdas[index]).alias().MoveToOuterDisposeScope());
        }).ToArray();
        return new LossBreakdown(name, implementation, parts, Total(total, ofPixels).MoveToOuterDisposeScope());
    }

    /// <summary>The value of each region term; null for a pixel term.</summary>
    private Formula?[] Formulas()
    {
        if (_values is not null)
        {
            return _values;
        }

        var regions = new Regions(input.Mode, checked((int)input.Classes), epoch);
        _values = new Formula?[terms.Count];
        for (var index = 0; index < terms.Count; index++)
        {
            if (terms[index].Term is RegionTerm term)
            {
                var definition = term.DefineFor(regions);
                LossReduction.EnsureDefined(term.Name, definition.IsPerImage, reduction);
                _definitions[index] = definition;
                _values[index] = LossReduction.Reduce(definition, regions, reduction);
            }
        }

        return _values;
    }

    /// <summary>Σ λ·value; null where there is no region term.</summary>
    private Formula? Sum(Formula?[] values)
    {
        Formula? sum = null;
        for (var index = 0; index < values.Length; index++)
        {
            if (values[index] is { } value)
            {
                var weighted = _lambdas[index] == 1 ? value : Formula.Constant(_lambdas[index], "λ") * value;
                sum = sum is null ? weighted : sum + weighted;
            }
        }

        return sum;
    }

    private Tensor?[] PixelValues()
    {
        var values = new Tensor?[terms.Count];
        Pixels? pixels = null;
        for (var index = 0; index < terms.Count; index++)
        {
            if (terms[index].Term is PixelTerm term)
            {
                values[index] = term.Reduce(pixels ??= new Pixels(input), reduction);
            }
        }

        return values;
    }

    private Tensor Total(Tensor? ofRegions, Tensor?[] ofPixels)
    {
        var total = ofRegions;
        for (var index = 0; index < ofPixels.Length; index++)
        {
            if (ofPixels[index] is { } value)
            {
                var weighted = value.Times(_lambdas[index]).to(Type);
                total = total is null ? weighted : total.Plus(weighted);
            }
        }

        return total!.alias();
    }
}
