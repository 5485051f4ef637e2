namespace SegLossBias;

/// <summary>Keeps predicted region sizes between a lower and an upper bound: a constraint for weak labels, or a size penalty with a tolerance.</summary>
/// <remarks>
/// For image n and class k, with the true size T, the predicted size P (Q for τ other than 1) and the valid pixels |V|:
/// <code>
/// mean_n Σ_k [|V| > 0]·max(max(a − p̂, p̂ − b), 0)^2, a = (1 − r)·ŷ, ŷ = (T + ε) / (|V| + ε), p̂ = (P + ε) / (|V| + ε), b = (1 + r)·ŷ      L ≥ 0, 0 within all bounds
/// </code>
/// With <see cref="Lower"/> and <see cref="Upper"/> the bounds are (1 − r)·Lower and (1 + r)·Upper, and the labels only say
/// which pixels are valid. The gradient of the squared hinge is twice the distance to the broken bound: it fades near the
/// bound and is 0 between the bounds. <see cref="SizeBoundsForm.LogBarrier"/> sums ψ(a − p̂) + ψ(p̂ − b) instead:
/// <code>
/// ψ(z) = −log(−z) / t for z ≤ −1/t², else t·z − log(1/t²) / t + 1/t      L ≥ 0
/// </code>
/// Between the bounds its gradient is 1/(t·distance), which pushes the size away from both; beyond a bound it is t. Within 1/t² of
/// both bounds at once the two cancel: bounds that are closer than 2/t² leave a size between them, and as far as 1/t² around, without
/// a gradient. As t grows the barrier becomes steep and its inside flat. A bound of 0 below or of 1 above always holds and adds
/// nothing, and neither does the lower bound of a class that is absent where the bounds are the image's own.
/// In binary and multilabel mode the foregrounds alone count. An image without valid pixels counts 0 with zero gradient.
/// Kervadec et al., arXiv:1805.04628 (bounds 0.9·ŷ and 1.1·ŷ) and arXiv:1904.04205.
/// </remarks>
public sealed class SizeBounds() : RegionSizeTerm("SizeBounds", temperature: 1, ClassReduction.Sum)
{
    /// <summary>Squared hinge or log barrier.</summary>
    public SizeBoundsForm Form { get; init => field = SettingCheck.Defined(value); }

    /// <summary>The smallest proportions, one for each channel, in [0, 1]; null, with <see cref="Upper"/>, for the image's own.</summary>
    public ClassWeights? Lower { get; init => field = Proportions.Checked(value); }

    /// <summary>The largest proportions, one for each channel, in [0, 1]; null, with <see cref="Lower"/>, for the image's own.</summary>
    public ClassWeights? Upper { get; init => field = Proportions.Checked(value); }

    /// <summary>r in [0, 1], relative to the bounds: how much smaller or larger a size may be; Kervadec et al. have 0.1.</summary>
    public double Tolerance { get; init => field = SettingCheck.Share(value, "the tolerance is a share of the bounds and", "Kervadec et al. have 0.1"); } = 0.1;

    /// <summary>
    /// t &gt; 0 of the log barrier, dimensionless: a number, or a schedule over the epochs. Kervadec et al. start at 5 and multiply by
    /// 1.1 each epoch: <c>Schedule.Step(5, 1.1, every: 1)</c>.
    /// </summary>
    public Schedule Steepness { get; init => field = SettingCheck.NotNull(value); } = 5;

    /// <inheritdoc/>
    protected override Formula Penalty(Regions regions, double temperature)
    {
        ArgumentNullException.ThrowIfNull(regions);
        CheckBounds(regions);
        var r = regions.Foreground;
        var own = r.TargetProportion(Epsilon);
        var tolerance = Formula.Constant(Tolerance, "r");
        var lower = ((1 - tolerance) * (Lower is null ? own : Proportions.Of(r, Lower, regions.Channels, "Lower", "Lower"))).Named("a");
        var upper = ((1 + tolerance) * (Upper is null ? own : Proportions.Of(r, Upper, regions.Channels, "Upper", "Upper"))).Named("b");
        var predicted = r.PredictedProportion(temperature, Epsilon);
        var penalty = Form == SizeBoundsForm.SquaredHinge
            ? Formula.Power(Formula.Max(Formula.Max(lower - predicted, predicted - upper), 0), 2)
            : Barrier(lower - predicted, regions.Epoch).Where(Lower is null ? r.TargetSize : lower) + Barrier(predicted - upper, regions.Epoch).Where(1 - upper);
        return penalty.Where(r.ValidSize);
    }

    /// <summary>ψ(z): the logarithm of what z leaves to 0, at least 1/t², and the line from there on.</summary>
    private Formula Barrier(Formula z, int epoch)
    {
        var steepness = Steepness.At(epoch);
        if (steepness == 0)
        {
            throw new InvalidOperationException($"Steepness, t of the log barrier, must be above 0, but its schedule {Steepness} gives 0 in epoch {epoch}; start at 5.");
        }

        var (t, start) = (Formula.Constant(steepness, "t"), Formula.Constant(1 / (steepness * steepness), "1/t²"));
        return (t * Formula.Max(0, z + start)) - (Formula.Log(Formula.Max(-z, start)) / t);
    }

    private void CheckBounds(Regions regions)
    {
        if (Lower is null != Upper is null)
        {
            throw new InvalidOperationException($"SizeBounds needs both bounds, or none for the image's own, but {(Lower is null ? "Lower" : "Upper")} is missing; a lower bound of 0 and an upper one of 1 always hold.");
        }

        if (Lower is null || Upper is null)
        {
            return;
        }

        if (Lower.Zip(Upper).Any(bounds => bounds.First > bounds.Second))
        {
            throw new InvalidOperationException($"no lower bound may lie above its upper bound, but Lower is {Lower} and Upper is {Upper}; exchange them where they cross.");
        }

        if (regions.Mode == SegmentationMode.Multiclass && ((1 - Tolerance) * Lower.Sum() > 1 + Proportions.Tolerance || (1 + Tolerance) * Upper.Sum() < 1 - Proportions.Tolerance))
        {
            throw new InvalidOperationException($"the classes part an image between them, so that the lower bounds must add up to at most 1 and the upper ones to at least 1, but Lower is {Lower} and Upper is {Upper} with a tolerance of {FormattableString.Invariant($"{Tolerance}")}; widen them.");
        }
    }
}
