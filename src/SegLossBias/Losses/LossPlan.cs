using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>A sum of terms made ready for logits of some channels in some epoch: its formulas in one tape.</summary>
internal sealed class LossPlan
{
    private readonly Regions _regions;
    private readonly double[] _lambdas;
    private readonly LossFormula?[] _definitions;
    private readonly Formula?[] _values;

    /// <param name="terms">The terms with their weights.</param>
    /// <param name="reduction">How values are joined.</param>
    /// <param name="mode">How the logits are read.</param>
    /// <param name="channels">K.</param>
    /// <param name="epoch">Where schedules are read.</param>
    /// <param name="instances">Room for so many instances of an image.</param>
    internal LossPlan(IReadOnlyList<WeightedTerm> terms, Reduction reduction, SegmentationMode mode, int channels, int epoch, int instances)
    {
        (Terms, Channels, Epoch, Instances) = (terms, channels, epoch, instances);
        _lambdas = [.. terms.Select(term => term.Lambda.At(epoch))];
        _definitions = new LossFormula?[terms.Count];
        _values = new Formula?[terms.Count];
        var regions = _regions = new Regions(mode, channels, epoch, instances);
        Formula? total = null;
        for (var index = 0; index < terms.Count; index++)
        {
            if (terms[index].Term is RegionTerm term)
            {
                var definition = term.DefineFor(regions);
                LossReduction.EnsureDefined(term.Name, definition.IsPerImage, reduction);
                var value = LossReduction.Reduce(definition, regions, reduction);
                (_definitions[index], _values[index]) = (definition, value);
                // A term with λ = 0 is left out: 0 · ∞ would be NaN.
                if (_lambdas[index] != 0)
                {
                    var weighted = _lambdas[index] == 1 ? value : Formula.Constant(_lambdas[index], "λ") * value;
                    total = total is null ? weighted : total + weighted;
                }
            }
        }

        if (total is null && Array.Exists(_values, value => value is not null))
        {
            // Every λ is 0: a 0 that is connected to the logits.
            total = LossReduction.Reduce(0 * regions.Foreground.PredictedSize().Sum(Axis.Classes), regions, reduction);
        }

        Tape = total is null ? null : new FormulaTape([total]);
        TapeOfParts = new Lazy<FormulaTape?>(() => total is null ? null : new FormulaTape([total, .. _values.OfType<Formula>()]));
        Maps = [.. (TapeOfParts.Value?.Maps ?? []).Concat(terms.Select(term => term.Term).OfType<PixelTerm>().SelectMany(term => term.Maps)).Distinct(StringComparer.Ordinal)];
        if (TapeOfParts.Value?.Steps.OfType<StatisticFormula>().FirstOrDefault(step => step.Source.Mode != mode || step.Source.Channels != channels) is { } foreign)
        {
            throw new InvalidOperationException($"{foreign} is read from {foreign.Source.Mode} logits with {foreign.Source.Channels} channels, but these are {mode} with {channels}; do not keep formulas between calls of Define.");
        }
    }

    internal IReadOnlyList<WeightedTerm> Terms { get; }

    internal int Channels { get; }

    internal int Epoch { get; }

    internal int Instances { get; }

    /// <summary>The maps of the target that the terms read, λ = 0 or not.</summary>
    internal IReadOnlyCollection<string> Maps { get; }

    /// <summary>Whether the terms read the instances of the target.</summary>
    internal bool ReadsInstances => TapeOfParts.Value?.ReadsInstances ?? false;

    /// <summary>
    /// Whether the plan holds as long as channels and epoch do: where no term can change. The formula of a term that can is asked
    /// for again at each call.
    /// </summary>
    internal bool IsFixed => Terms.All(term => term.Term.IsFixed);

    /// <summary>Whether no <see cref="BalancedLambda"/> has set another λ since.</summary>
    internal bool HasCurrentLambdas
    {
        get
        {
            for (var index = 0; index < _lambdas.Length; index++)
            {
                if (Terms[index].Lambda is { Balance: not null } lambda && lambda.At(Epoch) != _lambdas[index])
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Σ λ·term over the region terms; null where there is none.</summary>
    internal FormulaTape? Tape { get; }

    /// <summary>The same sum, then the value of each region term.</summary>
    internal Lazy<FormulaTape?> TapeOfParts { get; }

    /// <summary>Σ λ·numerator of each image: where an image is a single pixel, the loss of that pixel.</summary>
    /// <exception cref="InvalidOperationException">A term is no mean over pixels.</exception>
    internal Formula OfPixels()
    {
        var total = 0 * _regions.Foreground.PredictedSize().Sum(Axis.Classes);
        var isEmpty = true;
        for (var index = 0; index < Terms.Count; index++)
        {
            if (_definitions[index] is not { Weight: not null } definition || ReadsInstances)
            {
                throw new InvalidOperationException($"{Terms[index].Term.Name} is no mean over pixels, so that a pixel has no loss of its own; ask a loss without this term, such as one of CrossEntropy or Focal, for its values per pixel.");
            }

            if (_lambdas[index] != 0)
            {
                var weighted = _lambdas[index] == 1 ? definition.Value : Formula.Constant(_lambdas[index], "λ") * definition.Value;
                (total, isEmpty) = (isEmpty ? weighted : total + weighted, false);
            }
        }

        return total;
    }

    /// <summary>The same, 0 where an image has no valid pixel.</summary>
    internal FormulaTape TapeOf(Formula ofPixels) => new([ofPixels.Where(_regions.ValidSizeOfImage)]);

    internal double Lambda(int term) => _lambdas[term];

    /// <summary>What a term defines; null for a pixel term.</summary>
    internal LossFormula? Definition(int term) => _definitions[term];

    internal bool IsOfRegions(int term) => _values[term] is not null;
}
