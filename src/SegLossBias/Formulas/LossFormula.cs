namespace SegLossBias;

/// <summary>What a term defines: the value of each image, or of the batch, and what an image weighs in the mean.</summary>
/// <remarks>
/// <code>
/// value alone, per image      Mean = mean_n value               Sum = Σ_n value    None = value
/// value and weight            Mean = Σ_n value / Σ_n weight     Sum = Σ_n value    None = value / weight
/// value alone, pooled         Mean = Sum = value                                   None is an error
/// </code>
/// An image without valid pixels counts 0 with zero gradient, whatever the formula gives there. A weight whose sum is 0
/// gives 0.
/// </remarks>
public sealed class LossFormula
{
    /// <summary>A formula whose images are averaged, or one that pools them.</summary>
    /// <param name="value">Summed over <see cref="Axis.Classes"/>.</param>
    /// <exception cref="ArgumentException">The formula has a value for each region.</exception>
    public LossFormula(Formula value)
    {
        ArgumentNullException.ThrowIfNull(value);
        EnsureOneRegion(value, nameof(value));
        Value = value;
    }

    /// <summary>A formula whose mean is Σ value / Σ weight.</summary>
    /// <param name="value">Of each image, summed over <see cref="Axis.Classes"/>.</param>
    /// <param name="weight">What each image weighs, ≥ 0, such as its pixels.</param>
    /// <exception cref="ArgumentException">A formula has a value for each region, or one number for the batch.</exception>
    public LossFormula(Formula value, Formula weight)
        : this(value)
    {
        ArgumentNullException.ThrowIfNull(weight);
        EnsureOneRegion(weight, nameof(weight));
        EnsurePerImage(value, nameof(value));
        EnsurePerImage(weight, nameof(weight));
        Weight = weight;
    }

    /// <summary>The value of each image, or of the batch.</summary>
    public Formula Value { get; }

    /// <summary>What each image weighs; null where images are averaged or pooled.</summary>
    public Formula? Weight { get; }

    /// <summary>Whether an image has a value of its own.</summary>
    public bool IsPerImage => Value.IsPerImage;

    /// <summary>A formula without a weight.</summary>
    /// <param name="value">Summed over <see cref="Axis.Classes"/>.</param>
    public static implicit operator LossFormula(Formula value) => new(value);

    /// <summary>The formula of the mean.</summary>
    public override string ToString() => Weight is null
        ? (IsPerImage ? Value.Mean(Axis.Images) : Value).ToString()
        : (Value.Sum(Axis.Images) / Weight.Sum(Axis.Images)).ToString();

    private static void EnsurePerImage(Formula formula, string name)
    {
        if (!formula.IsPerImage)
        {
            throw new ArgumentException($"a weighted mean needs values and weights of each image, but {formula} is one number for the batch; leave the weight out.", name);
        }
    }

    private static void EnsureOneRegion(Formula formula, string name)
    {
        if (formula.Width > 1)
        {
            throw new ArgumentException($"a loss has one value for each image or for the batch, but {formula} has one for each of {formula.Width} regions; add .Sum(Axis.Classes) or .Mean(Axis.Classes).", name);
        }
    }
}
