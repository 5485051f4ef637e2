namespace SegLossBias;

/// <summary>Exponential-logarithmic loss: powers of log-Dice and of weighted cross-entropy, for structures of very different sizes.</summary>
/// <remarks>
/// With overlap I, predicted size P and true size T in pixels, |V| the valid pixels and Cγ = Σ w y (−log p)^γ, of the batch (as here) or
/// of each image:
/// <code>
/// a·(mean_k [Σ_n T > 0]·max(−log(max(D, ε)), 0)^q) + b·(Σ_k w·(Σ_n Cγ)) / (Σ_k Σ_n T), D = (2·(Σ_n I) + s) / max((Σ_n P) + (Σ_n T) + s, ε), w = ((Σ_n |V|) / (Σ_n T))^0.5      L ≥ 0
/// </code>
/// An exponent below 1 keeps the slope up where a prediction is nearly right, one above 1 is focal. In binary and multilabel mode the
/// first part looks at the foregrounds, the second at both sides of each channel. Wong et al. take the weights from the frequencies of
/// the training set: give them as <see cref="Weight"/>. A class without a pixel in the target counts 0 in the first mean unless
/// <see cref="Absent"/> says otherwise. A batch without valid pixels gives 0. Wong et al., arXiv:1809.00076, Eq. 1–3.
/// </remarks>
public sealed class ExponentialLogarithmic() : RegionTerm("ExpLog")
{
    /// <summary>a ≥ 0, the share of Dice; the paper has 0.8.</summary>
    public double DiceShare { get; init => field = SettingCheck.NotNegative(value, "the share of Dice"); } = 0.8;

    /// <summary>b ≥ 0, the share of cross-entropy; the paper has 0.2.</summary>
    public double CrossEntropyShare { get; init => field = SettingCheck.NotNegative(value, "the share of cross-entropy"); } = 0.2;

    /// <summary>q &gt; 0, the exponent of −log D; the paper has 0.3.</summary>
    public double DiceExponent { get; init => field = SettingCheck.Positive(value, "the exponent of Dice"); } = 0.3;

    /// <summary>γ &gt; 0, the exponent of −log p; the paper has 0.3.</summary>
    public double CrossEntropyExponent { get; init => field = SettingCheck.Positive(value, "the exponent of cross-entropy"); } = 0.3;

    /// <summary>w ≥ 0, one for each class; null for √(|V|/T) of the sums at hand.</summary>
    public ClassWeights? Weight { get; init; }

    /// <summary>Sums over the batch or over each image; <c>Reduction.None</c> needs the latter.</summary>
    public Pooling Pooling { get; init => field = SettingCheck.Defined(value); }

    /// <summary>s ≥ 0, in pixels, added to numerator and denominator of D; the paper has 1.</summary>
    public double Smoothing { get; init => field = SettingCheck.NotNegative(value, "the smoothing, in pixels,"); } = 1;

    /// <summary>ε &gt; 0, in pixels: the denominator of D is at least this, and so is D in the logarithm.</summary>
    public double Epsilon { get; init => field = SettingCheck.Positive(value, "ε bounds a denominator and"); } = 1e-7;

    /// <summary>What a class without a pixel in the target counts in the mean of Dice.</summary>
    public AbsentClass Absent { get; init => field = SettingCheck.Defined(value); }

    /// <summary>The classes that count in both parts, in multilabel mode the channels. p still is the softmax over all.</summary>
    public ClassSelection Classes { get; init => field = SettingCheck.NotNull(value); } = ClassSelection.All;

    /// <inheritdoc/>
    protected override LossFormula Define(Regions regions)
    {
        var (foreground, all) = (regions.Foreground.Only(Classes).Pooled(Pooling), regions.All.Only(Classes).Pooled(Pooling));
        return (Formula.Constant(DiceShare, "a") * Dice(foreground)) + (Formula.Constant(CrossEntropyShare, "b") * CrossEntropy(all));
    }

    private Formula Dice(RegionSet r)
    {
        var (hit, total) = SegLossBias.Dice.Ratio(r.Overlap, r.PredictedSize(), r.TargetSize);
        var loss = OverlapTerm.NegativeLog(OverlapTerm.Ratio(hit, total, Smoothing, smoothingBelow: null, Epsilon), Epsilon);
        return r.MeanOverClasses(Formula.Power(Formula.Max(loss, 0), DiceExponent, "q"), Absent);
    }

    private Formula CrossEntropy(RegionSet r)
    {
        var w = Weight is null ? Formula.Power(r.ValidSize / r.TargetSize, 0.5).Named("w") : r.Weights(Weight);
        return (w * r.NegativeLogPower(CrossEntropyExponent)).Sum(Axis.Classes) / r.TargetSize.Sum(Axis.Classes);
    }
}
