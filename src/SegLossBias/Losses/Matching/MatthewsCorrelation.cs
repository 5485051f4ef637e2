namespace SegLossBias;

/// <summary>One minus the Matthews correlation (MCC) of prediction and target. Unlike overlap it counts the background that is right.</summary>
/// <remarks>
/// With overlap I, predicted size P and true size T in pixels, of the batch (as here) or of each image, and S = Σ_k T the valid pixels:
/// <code>
/// [S·S − (Σ_k (Σ_n T)·(Σ_n T)) > 0]·(1 − (S·(Σ_k Σ_n I) − (Σ_k (Σ_n P)·(Σ_n T))) / max((S·S − (Σ_k (Σ_n P)·(Σ_n P)))·(S·S − (Σ_k (Σ_n T)·(Σ_n T))), 0)^0.5), S = Σ_k Σ_n T      0 ≤ L ≤ 2
/// </code>
/// 0 for a perfect prediction, 1 for one that does not depend on the target. Each class against the rest
/// (<see cref="MatthewsForm.OneVsRest"/>), and each channel in binary and multilabel mode, has with |V| its valid pixels
/// <code>
/// 1 − (|V|·I − P·T) / √(P·(|V| − P)·T·(|V| − T))
/// </code>
/// and the mean over k is taken. Where a single class fills the target the correlation is not defined, and <see cref="Absent"/> says
/// what it counts: 0 by default. Where a single class takes all of the prediction the correlation is 0 without gradient.
/// A batch without valid pixels gives 0. Abhishek and Hamarneh, arXiv:2010.13454; Gorodkin, doi:10.1016/j.compbiolchem.2004.09.006.
/// </remarks>
public sealed class MatthewsCorrelation() : RegionTerm("MCC")
{
    /// <summary>All classes together, or each against the rest; matters in multiclass mode only.</summary>
    public MatthewsForm Form { get; init => field = SettingCheck.Defined(value); }

    /// <summary>Sums over the batch or over each image; <c>Reduction.None</c> needs the latter.</summary>
    public Pooling Pooling { get; init => field = SettingCheck.Defined(value); }

    /// <summary>s ≥ 0, in pixels, added to each entry of the confusion matrix; smp has 1e-5.</summary>
    public double Smoothing { get; init => field = SettingCheck.NotNegative(value, "the smoothing, in pixels,"); }

    /// <summary>What counts a class that has no pixel in the target, or all of them.</summary>
    public AbsentClass Absent { get; init => field = SettingCheck.Defined(value); }

    /// <summary>The classes to average; all of them for <see cref="MatthewsForm.Joint"/>.</summary>
    public ClassSelection Classes { get; init => field = SettingCheck.NotNull(value); } = ClassSelection.All;

    /// <inheritdoc/>
    protected override LossFormula Define(Regions regions)
    {
        if (regions.Mode != SegmentationMode.Multiclass || Form == MatthewsForm.OneVsRest)
        {
            return OneVsRest(regions.Foreground.Only(Classes).Pooled(Pooling));
        }

        return Classes == ClassSelection.All
            ? Joint(regions.All.Pooled(Pooling), regions.Channels)
            : throw new InvalidOperationException($"a correlation of all classes together has no selection, but Classes is {Classes}; leave it out, or take MatthewsForm.OneVsRest.");
    }

    private Formula Joint(RegionSet r, int classes)
    {
        var (predicted, target) = (Smoothed(r.PredictedSize(), classes), Smoothed(r.TargetSize, classes));
        var all = target.Sum(Axis.Classes).Named("S");
        var square = all * all;
        var spread = square - (target * target).Sum(Axis.Classes);
        var agreement = (all * Smoothed(r.Overlap, 1).Sum(Axis.Classes)) - (predicted * target).Sum(Axis.Classes);
        var loss = 1 - (agreement / Root((square - (predicted * predicted).Sum(Axis.Classes)) * spread));
        return Absent == AbsentClass.Keep ? loss : loss.WhereCounted(spread);
    }

    private Formula OneVsRest(RegionSet r)
    {
        var (all, predicted, target) = (Smoothed(r.ValidSize, 4), Smoothed(r.PredictedSize(), 2), Smoothed(r.TargetSize, 2));
        var agreement = (all * Smoothed(r.Overlap, 1)) - (predicted * target);
        var loss = 1 - (agreement / Root(predicted * (all - predicted) * (target * (all - target))));
        return r.MeanOverClasses(loss, Absent, target * (all - target));
    }

    /// <summary>A sum over so many entries of the confusion matrix.</summary>
    private Formula Smoothed(Formula sum, int entries) => Smoothing == 0 ? sum : sum + (entries * Formula.Constant(Smoothing, "s"));

    /// <summary>A product that rounding may have brought below 0.</summary>
    private static Formula Root(Formula product) => Formula.Power(Formula.Max(product, 0), 0.5);
}
