using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>A sum of terms made ready for logits of some channels in some epoch: its formulas in one tape.</summary>
internal sealed class LossPlan
{
    private readonly double[] _lambdas;
    private readonly LossFormula?[] _definitions;
    private readonly Formula?[] _values;

    /// <param name="terms">The terms with their weights.</param>
    /// <param name="reduction">How values are joined.</param>
    /// <param name="mode">How the logits are read.</param>
    /// <param name="channels">K.</param>
    /// <param name="epoch">Where schedules are read.</param>
    internal LossPlan(IReadOnlyList<WeightedTerm> terms, Reduction reduction, SegmentationMode mode, int channels, int epoch)
    {
        (Terms, Channels, Epoch) = (terms, channels, epoch);
        _lambdas = [.. terms.Select(term => term.Lambda.At(epoch))];
        _definitions = new LossFormula?[terms.Count];
        _values = new Formula?[terms.Count];
        var regions = new Regions(mode, channels, epoch);
        Formula? total = null;
        for (var index = 0; index < terms.Count; index++)
        {
            if (terms[index].Term is RegionTerm term)
            {
                var definition = term.DefineFor(regions);
                LossReduction.EnsureDefined(term.Name, definition.IsPerImage, reduction);
                var value = LossReduction.Reduce(definition, regions, reduction);
                (_definitions[index], _values[index]) = (definition, value);
                var weighted = _lambdas[index] == 1 ? value : Formula.Constant(_lambdas[index], "λ") * value;
                total = total is null ? weighted : total + weighted;
            }
        }

        Tape = total is null ? null : new FormulaTape([total]);
        TapeOfParts = new Lazy<FormulaTape?>(() => total is null ? null : new FormulaTape([total, .. _values.OfType<Formula>()]));
    }

    internal IReadOnlyList<WeightedTerm> Terms { get; }

    internal int Channels { get; }

    internal int Epoch { get; }

    /// <summary>
    /// Whether the plan holds as long as channels and epoch do. The settings of the library's own terms cannot change; what a
    /// user's term reads is not known, so its formula is asked for again.
    /// </summary>
    internal bool IsFixed => Terms.All(term => term.Term.GetType().Assembly == typeof(LossTerm).Assembly);

    /// <summary>Σ λ·term over the region terms; null where there is none.</summary>
    internal FormulaTape? Tape { get; }

    /// <summary>The same sum, then the value of each region term.</summary>
    internal Lazy<FormulaTape?> TapeOfParts { get; }

    internal double Lambda(int term) => _lambdas[term];

    /// <summary>The formula of a term's mean; null for a pixel term.</summary>
    internal string? Text(int term) => _definitions[term]?.ToString();

    internal bool IsOfRegions(int term) => _values[term] is not null;
}
