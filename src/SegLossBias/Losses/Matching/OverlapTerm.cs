namespace SegLossBias;

/// <summary>What Dice, log-Dice, Jaccard and Tversky share: an overlap score of each class, and how the classes share the loss.</summary>
/// <remarks>
/// Each is a ratio of hit and total, which it forms of overlap I, predicted size P and true size T in pixels, of the pixels of
/// the batch (default) or of each image, in binary mode of the foreground alone (App. B of the paper):
/// <code>
/// D = (hit + s) / max(total + s', ε)      L of a class by <see cref="Link"/>
/// </code>
/// Weights w of the classes give the mean of w·L, or Σ w·L / Σ w with <see cref="NormalizesWeight"/>. A batch without valid pixels
/// gives 0. A pooled batch counts as one image.
/// </remarks>
public abstract class OverlapTerm : RegionTerm
{
    /// <summary>A term.</summary>
    /// <param name="name">Its name in logs.</param>
    /// <param name="link">The default of <see cref="Link"/>.</param>
    protected OverlapTerm(string name, OverlapLink link = OverlapLink.Linear)
        : base(name) => Link = link;

    /// <summary>How the score measures regions.</summary>
    public DiceForm Form { get; init => field = SettingCheck.Defined(value); }

    /// <summary>How a score becomes a loss.</summary>
    public OverlapLink Link { get; init => field = SettingCheck.Defined(value); }

    /// <summary>Sums over the batch or over each image; <c>Reduction.None</c> needs the latter.</summary>
    public Pooling Pooling { get; init => field = SettingCheck.Defined(value); }

    /// <summary>s ≥ 0, in pixels, added to numerator and denominator; the reference has 0, MONAI and nnU-Net 1e-5.</summary>
    public double Smoothing { get; init => field = SettingCheck.NotNegative(value, "the smoothing, in pixels,"); }

    /// <summary>s' ≥ 0, in pixels, added to the denominator; null for <see cref="Smoothing"/>.</summary>
    public double? SmoothingBelow { get; init => field = SettingCheck.NotNegative(value, "the smoothing of the denominator, in pixels,"); }

    /// <summary>ε &gt; 0, in pixels: the denominator is at least this; the reference has 1e-7.</summary>
    public double Epsilon { get; init => field = SettingCheck.Positive(value, "ε bounds a denominator and"); } = 1e-7;

    /// <summary>m ≥ 0, in pixels: the overlap counts at least this, and teaches nothing below; nnU-Net's <c>clip_tp</c>.</summary>
    public double MinimumOverlap { get; init => field = SettingCheck.NotNegative(value, "the least overlap, in pixels,"); }

    /// <summary>What a class without a pixel in the target counts.</summary>
    public AbsentClass Absent { get; init => field = SettingCheck.Defined(value); }

    /// <summary>The classes that count.</summary>
    public ClassSelection Classes { get; init => field = SettingCheck.NotNull(value); } = ClassSelection.All;

    /// <summary>w ≥ 0, one for each class, of which those of <see cref="Classes"/> are used, in binary mode that of the foreground; null for 1.</summary>
    public ClassWeights? Weight { get; init; }

    /// <summary>Whether the mean is Σ w·L / Σ w, over the classes that count. Else it is the mean of w·L.</summary>
    public bool NormalizesWeight { get; init; }

    /// <summary>Mean or sum over the classes.</summary>
    public ClassReduction ClassReduction { get; init => field = SettingCheck.Defined(value); }

    /// <inheritdoc/>
    protected sealed override LossFormula Define(Regions regions)
    {
        ArgumentNullException.ThrowIfNull(regions);
        if (NormalizesWeight && ClassReduction == ClassReduction.Sum)
        {
            throw new InvalidOperationException("a sum over the classes has nothing to divide by, but NormalizesWeight is set; leave it out, or take ClassReduction.Mean.");
        }

        var r = regions.Foreground.Only(Classes).Pooled(Pooling);
        return OfMean(OverClasses(r, OfClass(Linked(Score(r)))));
    }

    /// <summary>Hit and total of the score, from sums over the pixels of each region.</summary>
    /// <param name="overlap">I, or what takes its place in another <see cref="Form"/>.</param>
    /// <param name="predicted">P; likewise.</param>
    /// <param name="target">T; likewise.</param>
    protected abstract (Formula Hit, Formula Total) Parts(Formula overlap, Formula predicted, Formula target);

    /// <summary>What becomes of the loss of a class.</summary>
    private protected virtual Formula OfClass(Formula loss) => loss;

    /// <summary>What becomes of the mean over classes.</summary>
    private protected virtual Formula OfMean(Formula loss) => loss;

    private Formula Score(RegionSet r)
    {
        var size = r.PredictedSize() + r.TargetSize;
        var (overlap, predicted, target) = Form switch
        {
            DiceForm.Squared => (r.Overlap, r.PredictedPower(2), r.TargetSquare),
            DiceForm.Distance => ((size - r.Difference) / 2, r.PredictedSize(), r.TargetSize),
            _ => (r.Overlap, r.PredictedSize(), r.TargetSize),
        };
        var (hit, total) = Parts(overlap, predicted, target);
        if (MinimumOverlap > 0)
        {
            // False alarms and misses stay; only the hits of both parts are raised.
            var raised = Parts(Formula.Max(overlap, Formula.Constant(MinimumOverlap, "m")), predicted, target).Hit;
            (hit, total) = (raised, total - hit + raised);
        }

        return Ratio(hit, total, Smoothing, SmoothingBelow, Epsilon);
    }

    /// <summary>D = (hit + s) / max(total + s', ε).</summary>
    internal static Formula Ratio(Formula hit, Formula total, double smoothing, double? smoothingBelow, double epsilon)
    {
        var s = Formula.Constant(smoothing, "s");
        var below = smoothingBelow is { } other ? Formula.Constant(other, "s'") : s;
        return ((hit + s) / Formula.Max(total + below, Formula.Constant(epsilon, "ε"))).Named("D");
    }

    /// <summary>−log D, with D at least ε.</summary>
    internal static Formula NegativeLog(Formula score, double epsilon) => -Formula.Log(Formula.Max(score, Formula.Constant(epsilon, "ε")));

    private Formula Linked(Formula score)
    {
        switch (Link)
        {
            case OverlapLink.Log:
                return NegativeLog(score, Epsilon);
            case OverlapLink.LogCosh:
                var gap = (1 - score).Named("x");
                return Formula.Log((Formula.Exp(gap) + Formula.Exp(-gap)) / 2);
            case OverlapLink.Negative:
                return -score;
            default:
                return 1 - score;
        }
    }

    private Formula OverClasses(RegionSet r, Formula losses)
    {
        var w = r.Weights(Weight);
        var weighted = Weight is null ? losses : w * losses;
        if (ClassReduction == ClassReduction.Mean && !NormalizesWeight)
        {
            return r.MeanOverClasses(weighted, Absent);
        }

        var sum = (Absent == AbsentClass.Keep ? weighted.Where(r.ValidSize) : weighted.WhereCounted(r.TargetSize)).Sum(Axis.Classes);
        return ClassReduction == ClassReduction.Sum ? sum
            : sum / (Absent == AbsentClass.LeaveOut ? w * losses.IsCounted(r.TargetSize) : w).Sum(Axis.Classes);
    }
}
