namespace SegLossBias;

/// <summary>Sensitivity–specificity loss: the squared error of a region and that of its background, each relative to its size.</summary>
/// <remarks>
/// With overlap I, predicted size P and true size T in pixels, Iq = Σ w y p², Pq = Σ w p² and |V| the valid pixels, of the batch (as
/// here) or of each image:
/// <code>
/// mean_k (λ·((Σ_n T) − 2·(Σ_n I) + (Σ_n Iq)) / (Σ_n T) + (1 − λ)·((Σ_n Pq) − (Σ_n Iq)) / ((Σ_n |V|) − (Σ_n T)))      0 ≤ L ≤ 1
/// </code>
/// The first part is Σ w y (1 − p)² / Σ w y, the error where the region is, the second Σ w (1 − y) p² / Σ w (1 − y). With hard labels
/// this is the formula of Brosch et al. A soft label y weighs the two errors of its pixel with y and 1 − y. The published λ is far below ½,
/// since a pixel of a small region weighs much more in its part than one of the background does. A part whose size is 0 counts 0. A batch without valid pixels gives 0. Brosch et al., MICCAI 2015, doi:10.1007/978-3-319-24574-4_1, Eq. 4.
/// </remarks>
public sealed class SensitivitySpecificity() : RegionTerm("SS")
{
    /// <summary>λ in [0, 1], the share of the sensitivity; Brosch et al. have 0.05.</summary>
    public double SensitivityShare { get; init => field = SettingCheck.Share(value, "the share of the sensitivity", "Brosch et al. have 0.05"); } = 0.05;

    /// <summary>Sums over the batch or over each image; <c>Reduction.None</c> needs the latter.</summary>
    public Pooling Pooling { get; init => field = SettingCheck.Defined(value); }

    /// <summary>The classes to average.</summary>
    public ClassSelection Classes { get; init => field = SettingCheck.NotNull(value); } = ClassSelection.All;

    /// <inheritdoc/>
    protected override LossFormula Define(Regions regions)
    {
        var r = regions.Foreground.Only(Classes).Pooled(Pooling);
        var share = Formula.Constant(SensitivityShare, "λ");
        var hits = r.OverlapPower(2);
        var missed = (r.TargetSize - (2 * r.Overlap) + hits) / r.TargetSize;
        var invented = (r.PredictedPower(2) - hits) / (r.ValidSize - r.TargetSize);
        return ((share * missed) + ((1 - share) * invented)).Mean(Axis.Classes);
    }
}
