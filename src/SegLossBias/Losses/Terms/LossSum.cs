namespace SegLossBias;

/// <summary>A sum of weighted terms, Σ_j λ_j · term_j.</summary>
/// <example><code>LossSum sum = new CrossEntropy() + 0.5 * new Dice() + new RegionSizeL1 { Temperature = 5 };</code></example>
public sealed class LossSum
{
    /// <summary>The sum of these terms.</summary>
    /// <param name="terms">At least one.</param>
    /// <exception cref="ArgumentException">There is none, or one is null.</exception>
    public LossSum(IEnumerable<WeightedTerm> terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        Terms = [.. terms];
        if (Terms.Count == 0 || Terms.Contains(null!))
        {
            throw new ArgumentException($"a loss needs at least one term and none that is null, but it is {Shapes.Text(Terms.Select(term => term?.ToString() ?? "null"))}; give a term such as new CrossEntropy().", nameof(terms));
        }
    }

    /// <summary>The terms with their weights, in order.</summary>
    public IReadOnlyList<WeightedTerm> Terms { get; }

    /// <summary>A term with the weight 1.</summary>
    /// <param name="term">The term.</param>
    public static implicit operator LossSum(LossTerm term) => new([new WeightedTerm(1, term)]);

    /// <summary>The terms of both.</summary>
    public static LossSum operator +(LossSum left, LossSum right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new([.. left.Terms, .. right.Terms]);
    }

    /// <summary>Every term of a sum, weighted once more.</summary>
    /// <param name="lambda">λ ≥ 0, a number or a schedule over the epochs.</param>
    /// <param name="sum">The sum.</param>
    public static LossSum operator *(Schedule lambda, LossSum sum)
    {
        ArgumentNullException.ThrowIfNull(lambda);
        ArgumentNullException.ThrowIfNull(sum);
        return new(sum.Terms.Select(term => new WeightedTerm(lambda.Times(term.Lambda), term.Term)));
    }

    /// <summary>Such as <c>CE + 0.1·Dice</c>.</summary>
    public override string ToString() => string.Join(" + ", Terms);
}
