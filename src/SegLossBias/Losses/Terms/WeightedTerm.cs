namespace SegLossBias;

/// <summary>A term with its weight.</summary>
public sealed class WeightedTerm
{
    /// <summary>λ · term.</summary>
    /// <param name="lambda">λ ≥ 0, a number or a schedule over the epochs.</param>
    /// <param name="term">The term.</param>
    public WeightedTerm(Schedule lambda, LossTerm term)
    {
        ArgumentNullException.ThrowIfNull(lambda);
        ArgumentNullException.ThrowIfNull(term);
        (Lambda, Term) = (lambda, term);
    }

    /// <summary>λ.</summary>
    public Schedule Lambda { get; }

    /// <summary>The term.</summary>
    public LossTerm Term { get; }

    /// <summary>Such as <c>0.1·Dice</c>.</summary>
    public override string ToString() => Lambda.ToString() is "1" ? Term.Name : $"{Lambda}·{Term.Name}";
}
