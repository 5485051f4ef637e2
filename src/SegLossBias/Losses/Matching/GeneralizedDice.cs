namespace SegLossBias;

/// <summary>Generalised Dice loss: one score of all classes, small ones weighed up.</summary>
/// <remarks>
/// With overlap I, predicted size P and true size T in pixels, of the batch (as here) or of each image:
/// <code>
/// [(Σ_k w·((Σ_n P) + (Σ_n T))) + s > 0]·(1 − (2·(Σ_k w·(Σ_n I)) + s) / ((Σ_k w·((Σ_n P) + (Σ_n T))) + s)), w = v + (1 − [Σ_n T > 0])·(max_k v), v = 1 / ((Σ_n T)·(Σ_n T))      0 ≤ L ≤ 1
/// </code>
/// v is 0 where T is 0: such a class weighs what <see cref="Absent"/> says. The default is not the reference's, by which 100 pixels of
/// each of two classes, predicted with p = 1 − 1.2e-5, cost 0.99999 as soon as there is a third class, and 1e-5 by this one. The
/// reference's numbers are those of <see cref="AbsentWeight.Bounded"/>:
/// <code>
/// 1 − 2·(Σ_k w·I) / (Σ_k max(w·(P + T), ε)), w = 1 / max(T², ε)
/// </code>
/// In binary mode k runs over background and foreground, in multilabel mode over the foregrounds. A batch without valid pixels, and
/// one in which no class weighs anything, gives 0. A pooled batch counts as one image.
/// Sudre et al., arXiv:1707.03237.
/// </remarks>
public sealed class GeneralizedDice() : RegionTerm("GDice")
{
    /// <summary>What a class weighs by its size.</summary>
    public SizeWeighting Weighting { get; init => field = SettingCheck.Defined(value); }

    /// <summary>What a class without a pixel in the target weighs.</summary>
    public AbsentWeight Absent { get; init => field = SettingCheck.Defined(value); }

    /// <summary>Sums over the batch or over each image; <c>Reduction.None</c> needs the latter.</summary>
    public Pooling Pooling { get; init => field = SettingCheck.Defined(value); }

    /// <summary>The classes that count. <see cref="ClassSelection.WithoutBackground"/> leaves the foreground alone in binary mode.</summary>
    public ClassSelection Classes { get; init => field = SettingCheck.NotNull(value); } = ClassSelection.All;

    /// <summary>s ≥ 0, added to numerator and denominator, in the unit of w·T; MONAI has 1e-5.</summary>
    public double Smoothing { get; init => field = SettingCheck.NotNegative(value, "the smoothing"); }

    /// <summary>s' ≥ 0, added to the denominator; null for <see cref="Smoothing"/>.</summary>
    public double? SmoothingBelow { get; init => field = SettingCheck.NotNegative(value, "the smoothing of the denominator"); }

    /// <summary>ε &gt; 0: T² (or T) and each summand of the denominator are at least this, with <see cref="AbsentWeight.Bounded"/> alone; the reference has 1e-7.</summary>
    public double Epsilon { get; init => field = SettingCheck.Positive(value, "ε bounds a denominator and"); } = 1e-7;

    /// <inheritdoc/>
    protected override LossFormula Define(Regions regions)
    {
        var r = Selected(regions).Pooled(Pooling);
        var w = Weights(r);
        var s = Formula.Constant(Smoothing, "s");
        var overlap = (2 * (w * r.Overlap).Sum(Axis.Classes)) + s;
        var sizes = w * (r.PredictedSize() + r.TargetSize);
        var size = (Absent == AbsentWeight.Bounded ? Formula.Max(sizes, Formula.Constant(Epsilon, "ε")) : sizes).Sum(Axis.Classes)
            + (SmoothingBelow is { } below ? Formula.Constant(below, "s'") : s);
        return (1 - (overlap / size)).WhereCounted(size);
    }

    private RegionSet Selected(Regions regions) => regions.Mode switch
    {
        SegmentationMode.Binary when Classes == ClassSelection.WithoutBackground => regions.Foreground,
        SegmentationMode.Multilabel => regions.Foreground.Only(Classes),
        _ => regions.All.Only(Classes),
    };

    private Formula Weights(RegionSet r)
    {
        var size = r.TargetSize;
        if (Weighting == SizeWeighting.Uniform)
        {
            return Absent == AbsentWeight.LeaveOut ? size.IsCounted(size) : r.Weights(null);
        }

        var power = Weighting == SizeWeighting.Square ? size * size : size;
        if (Absent == AbsentWeight.Bounded)
        {
            return (1 / Formula.Max(power, Formula.Constant(Epsilon, "ε"))).Named("w");
        }

        // 1/0 is 0 in formulas.
        var present = (1 / power).Named("v");
        return Absent == AbsentWeight.LeaveOut ? present : (present + ((1 - size.IsCounted(size)) * present.Max(Axis.Classes))).Named("w");
    }
}
