namespace SegLossBias;

/// <summary>Generalised Dice loss (Sudre et al., arXiv:1707.03237): one score of all classes, small ones weighed up.</summary>
/// <remarks>
/// With overlap I, predicted size P and true size T in pixels, summed over the batch:
/// <code>
/// 1 − 2·(Σ_k w·(Σ_n I)) / (Σ_k max(w·((Σ_n P) + (Σ_n T)), ε)), w = 1 / max((Σ_n T)·(Σ_n T), ε)      0 ≤ L ≤ 1
/// </code>
/// In binary mode k runs over background and foreground. A class without a pixel has the weight 1/ε and dominates the
/// denominator, as in the reference. A batch without valid pixels gives 0. The images are pooled: <c>Reduction.None</c>
/// is an error at the first call; the batch counts as one image.
/// </remarks>
public sealed class GeneralizedDice() : RegionTerm("GDice")
{
    /// <summary>ε &gt; 0: T² and the denominator are at least this; the reference has 1e-7.</summary>
    public double Epsilon { get; init => field = SettingCheck.Positive(value, "ε bounds a denominator and"); } = 1e-7;

    /// <inheritdoc/>
    protected override LossFormula Define(Regions regions)
    {
        var r = (regions.Mode == SegmentationMode.Multilabel ? regions.Foreground : regions.All).Pooled(Pooling.Batch);
        var epsilon = Formula.Constant(Epsilon, "ε");
        var w = (1 / Formula.Max(r.TargetSize * r.TargetSize, epsilon)).Named("w");
        var overlap = (w * r.Overlap).Sum(Axis.Classes);
        var size = Formula.Max(w * (r.PredictedSize() + r.TargetSize), epsilon).Sum(Axis.Classes);
        return 1 - (2 * overlap / size);
    }
}
