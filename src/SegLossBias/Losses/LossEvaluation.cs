using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>One evaluation of a plan on an input: the region terms from their tape, the pixel terms in tensors.</summary>
/// <param name="plan">The terms.</param>
/// <param name="reduction">How values are joined.</param>
/// <param name="input">The checked input.</param>
internal readonly struct LossEvaluation(LossPlan plan, nn.Reduction reduction, SegmentationInput input)
{
    /// <summary>float64 for float64 logits, else float32.</summary>
    private ScalarType Type => input.Logits.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    /// <summary>The loss alone.</summary>
    internal Tensor Total() => Total(plan.Tape is { } tape ? RegionValues.Evaluate(tape, input, Type).Total : null, PixelValues(withoutWeightless: true));

    /// <summary>The loss and what it is made of.</summary>
    internal LossBreakdown Breakdown(string name)
    {
        var ofPixels = PixelValues(withoutWeightless: false);
        var (total, raw, implementation) = plan.TapeOfParts.Value is { } tape ? RegionValues.Evaluate(tape, input, Type) : (null, [], "pixels");
        var (parts, next) = (new LossPart[plan.Terms.Count], 0);
        for (var index = 0; index < parts.Length; index++)
        {
            var value = plan.IsOfRegions(index) ? raw[next++] : ofPixels[index]!.detach().to(Type).clone();
            var weighted = value.Times(plan.Lambda(index)).alias();
            parts[index] = new LossPart(plan.Terms[index].Term.Name, plan.Lambda(index), plan.Definition(index), value.MoveToOuterDisposeScope(), weighted.MoveToOuterDisposeScope());
        }

        return new LossBreakdown(name, implementation, parts, Total(total, ofPixels).MoveToOuterDisposeScope());
    }

    /// <summary>
    /// The loss of each pixel, [N,*]. A formula that is linear in the statistics needs the true class alone, and for the usual ones one pass
    /// over the pixels of the CPU: <see cref="LinearPixels"/>. Of any other formula each pixel becomes an image, in tensor operations.
    /// </summary>
    internal Tensor PerPixel()
    {
        var formula = plan.OfPixels();
        var shape = input.Logits.shape;
        Tensor values;
        if (LinearForm.Of(formula) is { } form && LinearPixels.Supports(input, form))
        {
            values = new LinearPixels(FlatInput.Of(input), form).Evaluate();
        }
        else
        {
            if (input.ChecksLabels)
            {
                _ = FlatInput.Of(input); // An error names the place of a label as the caller knows it.
            }

            values = TensorInterpreter.Evaluate(plan.TapeOf(formula), RegionPrimitive.Composed(SinglePixels.Of(input)))[0];
        }

        return values.to(Type).reshape([shape[0], .. shape[2..]]).ConnectedTo(input.Logits);
    }

    /// <summary>Whether a term adds to the loss: one with λ = 0 is left out, since 0 · ∞ would be NaN, unless there is nothing else.</summary>
    private bool Counts(int term) => plan.Lambda(term) != 0 || (plan.Tape is null && !Enumerable.Range(0, plan.Terms.Count).Any(HasWeight));

    private bool HasWeight(int term) => plan.Lambda(term) != 0;

    private Tensor?[] PixelValues(bool withoutWeightless)
    {
        var values = new Tensor?[plan.Terms.Count];
        Pixels? pixels = null;
        for (var index = 0; index < values.Length; index++)
        {
            if (plan.Terms[index].Term is PixelTerm term && (!withoutWeightless || Counts(index)))
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
            if (ofPixels[index] is { } value && Counts(index))
            {
                var weighted = value.Times(plan.Lambda(index)).to(Type);
                total = total is null ? weighted : total.Plus(weighted);
            }
        }

        return ReferenceEquals(total, ofRegions) ? total! : total!.alias();
    }
}
