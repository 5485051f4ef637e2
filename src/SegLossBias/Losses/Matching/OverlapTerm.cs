namespace SegLossBias;

/// <summary>What Dice, log-Dice and Tversky share: an overlap index of each class, and the mean over classes.</summary>
/// <remarks>
/// The index is taken from the pixels of the batch (default) or of each image, in binary mode of the foreground alone
/// (App. B of the paper). A batch without valid pixels gives 0. A pooled batch counts as one image.
/// </remarks>
public abstract class OverlapTerm : RegionTerm
{
    /// <summary>A term.</summary>
    /// <param name="name">Its name in logs.</param>
    protected OverlapTerm(string name)
        : base(name)
    {
    }

    /// <summary>Sums over the batch or over each image; <c>Reduction.None</c> needs the latter.</summary>
    public Pooling Pooling { get; init => field = SettingCheck.Defined(value); }

    /// <summary>s ≥ 0, in pixels, added to numerator and denominator; the reference has 0, MONAI and nnU-Net 1e-5.</summary>
    public double Smoothing { get; init => field = SettingCheck.NotNegative(value, "the smoothing, in pixels,"); }

    /// <summary>ε &gt; 0, in pixels: the denominator is at least this; the reference has 1e-7.</summary>
    public double Epsilon { get; init => field = SettingCheck.Positive(value, "ε bounds a denominator and"); } = 1e-7;

    /// <summary>What a class without a pixel in the target counts.</summary>
    public AbsentClass Absent { get; init => field = SettingCheck.Defined(value); }

    /// <summary>The classes to average.</summary>
    public ClassSelection Classes { get; init => field = SettingCheck.NotNull(value); } = ClassSelection.All;

    /// <inheritdoc/>
    protected sealed override LossFormula Define(Regions regions)
    {
        ArgumentNullException.ThrowIfNull(regions);
        var r = regions.Foreground.Only(Classes).Pooled(Pooling);
        return r.MeanOverClasses(Loss(r), Absent);
    }

    /// <summary>The loss of each region.</summary>
    /// <param name="regions">The regions, pooled as <see cref="Pooling"/> says.</param>
    protected abstract Formula Loss(RegionSet regions);

    /// <summary>hit / total with smoothing and bound: (hit + s) / max(total + s, ε).</summary>
    private protected Formula Index(Formula hit, Formula total)
    {
        var s = Formula.Constant(Smoothing, "s");
        return (hit + s) / Formula.Max(total + s, Formula.Constant(Epsilon, "ε"));
    }
}
