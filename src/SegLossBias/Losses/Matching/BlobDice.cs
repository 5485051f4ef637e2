namespace SegLossBias;

/// <summary>Blob-wise Dice: the Dice loss of each instance in its own domain, so that a small lesion counts as much as a large one.</summary>
/// <remarks>
/// Instance b of class c has T pixels. Its domain is the image without the other pixels of c; P is the predicted size of c there,
/// I the part of it inside the instance:
/// <code>
/// mean_n (Σ_k [T > 0]·(1 − D)) / (Σ_k [T > 0]), D = (2·I + s) / max(P + T + s, ε)      0 ≤ L ≤ 1
/// </code>
/// with k over the instances of an image. It wants a target with instances, <see cref="SegmentationTarget.WithInstances"/>;
/// <see cref="ConnectedComponents"/> makes them. A false alarm outside all instances costs in each of them. An image without instances
/// counts 0 and teaches nothing, so add a term that sees it: Kofler et al. take 2·(Dice + CE) + the blob loss of both.
/// The classes that count are those whose instances are numbered. Kofler et al., arXiv:2205.08209.
/// </remarks>
public sealed class BlobDice() : RegionTerm("BlobDice")
{
    /// <summary>s ≥ 0, in pixels, added to numerator and denominator.</summary>
    public double Smoothing { get; init => field = SettingCheck.NotNegative(value, "the smoothing, in pixels,"); }

    /// <summary>ε &gt; 0, in pixels: the denominator is at least this.</summary>
    public double Epsilon { get; init => field = SettingCheck.Positive(value, "ε bounds a denominator and"); } = 1e-7;

    /// <inheritdoc/>
    protected override LossFormula Define(Regions regions)
    {
        var r = regions.Instances;
        var s = Formula.Constant(Smoothing, "s");
        var score = ((2 * r.Overlap) + s) / Formula.Max(r.PredictedSize() + r.TargetSize + s, Formula.Constant(Epsilon, "ε"));
        return r.MeanOverClasses(1 - score.Named("D"), AbsentClass.LeaveOut);
    }
}
