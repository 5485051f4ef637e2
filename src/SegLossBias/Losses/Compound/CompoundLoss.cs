using System.Diagnostics.CodeAnalysis;

namespace SegLossBias;

/// <summary>A matching term plus a weighted second term: the form of the paper's compound losses.</summary>
/// <remarks>
/// <code>L = matching + λ · penalty</code>
/// An image without valid pixels counts 0 in both terms. Liu et al., arXiv:2104.08717, Eq. 7. For other sums see
/// <see cref="SegmentationLoss"/>.
/// </remarks>
/// <typeparam name="TMatching">The matching term.</typeparam>
/// <typeparam name="TPenalty">The second term.</typeparam>
public abstract class CompoundLoss<
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TMatching,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TPenalty> : SegmentationLoss
    where TMatching : LossTerm, new()
    where TPenalty : LossTerm, new()
{
    /// <summary>A compound.</summary>
    /// <param name="name">Its name in logs.</param>
    /// <param name="lambda">The default of λ.</param>
    protected CompoundLoss(string name, Schedule lambda)
        : base(name) => Lambda = lambda;

    /// <summary>λ ≥ 0, the weight of the second term: a number, or a schedule over the epochs. Where it is 0 the term is left out.</summary>
    public Schedule Lambda
    {
        get;
        init
        {
            field = SettingCheck.NotNull(value);
            _ = value.At(0); // Is a finite number.
        }
    }

    /// <summary>The matching term, with its settings.</summary>
    public TMatching Matching { get; init => field = SettingCheck.NotNull(value); } = new();

    /// <summary>The second term, with its settings.</summary>
    public TPenalty Penalty { get; init => field = SettingCheck.NotNull(value); } = new();

    private protected sealed override IReadOnlyList<WeightedTerm> OwnTerms => [new WeightedTerm(1, Matching), new WeightedTerm(Lambda, Penalty)];
}
