namespace SegLossBias;

/// <summary>What the region-size penalties share: proportions of each image at a temperature, joined over the classes.</summary>
/// <remarks>
/// <code>
/// ŷ = (T+ε)/(|V|+ε),   p̂ = (Q+ε)/(|V|+ε),   Q = Σ_V p_i from the logits multiplied by τ
/// </code>
/// All classes count: exclusive ones share the image, so that leaving one out would leave its size to the others. Proportions are per image even where Dice pools the batch; the values of the images are averaged.
/// </remarks>
public abstract class RegionSizeTerm : RegionTerm
{
    /// <summary>A term.</summary>
    /// <param name="name">Its name in logs.</param>
    /// <param name="temperature">The default of τ.</param>
    /// <param name="classReduction">The default of <see cref="ClassReduction"/>.</param>
    protected RegionSizeTerm(string name, Schedule temperature, ClassReduction classReduction)
        : base(name) => (Temperature, ClassReduction) = (temperature, classReduction);

    /// <summary>τ &gt; 0, dimensionless: multiplies the logits, so that 10 sharpens. A number, or a schedule over the epochs.</summary>
    public Schedule Temperature
    {
        get;
        init
        {
            field = SettingCheck.NotNull(value);
            _ = value.Balance is null
                ? RegionStatistic.PredictedSize(value.At(0)) // Is above 0.
                : throw new ArgumentException($"a temperature is a number or a function of the epoch, but it is {value}; a BalancedLambda sets weights.", nameof(value));
        }
    }

    /// <summary>
    /// Mean or sum over the classes. The defaults differ because the reference code's do: it averages L1 and Dice bias over the
    /// classes and sums KL. The paper writes sums.
    /// </summary>
    public ClassReduction ClassReduction { get; init => field = SettingCheck.Defined(value); }

    /// <summary>ε ≥ 0, in pixels, added to sizes; the reference has 1e-10, the paper none.</summary>
    public double Epsilon { get; init => field = SettingCheck.NotNegative(value, "ε, in pixels,"); } = 1e-10;

    /// <inheritdoc/>
    protected sealed override LossFormula Define(Regions regions)
    {
        ArgumentNullException.ThrowIfNull(regions);
        var sum = Penalty(regions, Temperature.At(regions.Epoch)).Sum(Axis.Classes);
        return ClassReduction == ClassReduction.Sum ? sum : sum / Formula.Constant(regions.Channels, "K");
    }

    /// <summary>ŷ, the true proportions of the image, or those given in their place.</summary>
    /// <exception cref="ArgumentException">There is not one for each channel, or those of exclusive classes do not add up to 1.</exception>
    private protected Formula Truth(Regions regions, RegionSet set, ClassWeights? prior)
    {
        if (prior is null)
        {
            return set.TargetProportion(Epsilon);
        }

        var proportions = Proportions.Of(set, prior, regions.Channels, "Prior", "ŷ");
        return regions.Mode != SegmentationMode.Multiclass || Math.Abs(prior.Sum() - 1) <= Proportions.Tolerance
            ? proportions
            : throw new ArgumentException(FormattableString.Invariant($"the classes part an image between them, so that the proportions of Prior must add up to 1, but {prior} add up to {prior.Sum()}; state that of the background too."));
    }

    /// <summary>The penalty of each region.</summary>
    /// <param name="regions">The regions and their statistics.</param>
    /// <param name="temperature">τ in force.</param>
    protected abstract Formula Penalty(Regions regions, double temperature);
}
