using TorchSharp;
using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>A matching term plus weighted terms. <see cref="CompoundLoss"/> is the one to build yourself.</summary>
/// <remarks>
/// <code>L = matching + Σ_j λ_j · term_j</code>
/// The statistics that the terms need are computed once for all. Mode, ignore index and reduction are those of the
/// compound; each term reduces by its own rule. The terms belong to the compound, which moves and disposes them.
/// </remarks>
public abstract class CombinedLoss : SegmentationLoss
{
    private protected CombinedLoss(
        string name,
        RegionLoss matching,
        IEnumerable<WeightedTerm> terms,
        SegmentationMode mode,
        long? ignoreIndex,
        Reduction reduction)
        : base(name, mode, ignoreIndex, reduction)
    {
        ArgumentNullException.ThrowIfNull(matching);
        ArgumentNullException.ThrowIfNull(terms);
        Terms = [new WeightedTerm(1, matching), .. terms];
        for (var index = 0; index < Terms.Count; index++)
        {
            var term = Terms[index].Loss;
            _ = Terms[index].Lambda.At(0);
            EnsureSameOptions(term);
            term.EnsureDefined(reduction);
            if (Terms.Take(index).Any(earlier => ReferenceEquals(earlier.Loss, term)))
            {
                throw new ArgumentException($"the same {term.Name} object is given twice; give the sum of both weights, or two objects.", nameof(terms));
            }

            register_module(index == 0 ? "matching" : $"term{index}", term);
        }
    }

    /// <inheritdoc/>
    public sealed override int Epoch
    {
        get => base.Epoch;
        set
        {
            base.Epoch = value;
            foreach (var term in Terms)
            {
                term.Loss.Epoch = value;
            }
        }
    }

    private protected sealed override IReadOnlyList<WeightedTerm> Terms { get; }

    /// <summary>A term may leave its options at their defaults or say the same as the compound; else one of them would be silently ignored.</summary>
    private void EnsureSameOptions(RegionLoss term)
    {
        var isDefault = (term.Mode, term.IgnoreIndex, term.reduction) == (SegmentationMode.Multiclass, null, Reduction.Mean);
        if (!isDefault && (term.Mode, term.IgnoreIndex, term.reduction) != (Mode, IgnoreIndex, reduction))
        {
            throw new ArgumentException($"mode, ignoreIndex and reduction of a compound hold for all its terms, but {Name} has {Mode}, {IgnoreIndex?.ToString() ?? "none"}, {reduction} and its term {term.Name} {term.Mode}, {term.IgnoreIndex?.ToString() ?? "none"}, {term.reduction}; give them to the compound alone.");
        }
    }
}
