namespace SegLossBias;

/// <summary>What structures with an empty mask count in a mean: one choice for each of the three cases, none by default.</summary>
/// <remarks>
/// For Dice, both empty is usually left out or counted 1; a false alarm and a missed structure count 0, which is what the
/// formula gives. For distances a missed structure is infinitely far by the formula; a finite penalty such as the
/// image's diagonal keeps the mean finite.
/// </remarks>
public sealed class EmptyPolicies
{
    /// <summary>Chooses for each case.</summary>
    /// <param name="both">For <see cref="EmptyCase.Both"/>.</param>
    /// <param name="target">For <see cref="EmptyCase.Target"/>.</param>
    /// <param name="prediction">For <see cref="EmptyCase.Prediction"/>.</param>
    /// <exception cref="ArgumentNullException">A choice is missing.</exception>
    public EmptyPolicies(EmptyPolicy both, EmptyPolicy target, EmptyPolicy prediction)
    {
        ArgumentNullException.ThrowIfNull(both);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(prediction);
        (Both, Target, Prediction) = (both, target, prediction);
    }

    /// <summary>For structures that are neither there nor predicted.</summary>
    public EmptyPolicy Both { get; }

    /// <summary>For structures that are predicted but not there.</summary>
    public EmptyPolicy Target { get; }

    /// <summary>For structures that are there but not predicted.</summary>
    public EmptyPolicy Prediction { get; }

    /// <summary>The three choices, for logs.</summary>
    /// <returns>For example <c>both: Skip, target: Formula, prediction: Value(50)</c>.</returns>
    public override string ToString() => $"both: {Both}, target: {Target}, prediction: {Prediction}";

    /// <summary>The number that counts, or null where the structure is left out.</summary>
    internal double? Apply(double formula, EmptyCase empty) => empty switch
    {
        EmptyCase.None => formula,
        EmptyCase.Target => Target.Apply(formula),
        EmptyCase.Prediction => Prediction.Apply(formula),
        _ => Both.Apply(formula),
    };
}
