namespace SegLossBias;

/// <summary>Jaccard loss: one minus the intersection over the union.</summary>
/// <remarks>
/// With overlap I, predicted size P and true size T in pixels, of the batch (as here) or of each image:
/// <code>
/// mean_k [Σ_n T > 0]·(1 − D), D = ((Σ_n I) + s) / max((Σ_n P) + (Σ_n T) − (Σ_n I) + s, ε)      0 ≤ L ≤ 1
/// </code>
/// It is <see cref="Tversky"/> with α = β = 1. With the Dice score d of the same region and s = 0, D = d / (2 − d). The settings are
/// those of <see cref="Dice"/>. A class without a pixel in the target counts 0 in the mean unless <see cref="OverlapTerm.Absent"/>
/// says otherwise; a batch without valid pixels gives 0. Rahman and Wang, ISVC 2016,
/// doi:10.1007/978-3-319-50835-1_22; the general form: Salehi et al., arXiv:1706.05721.
/// </remarks>
public sealed class Jaccard() : OverlapTerm("Jaccard")
{
    /// <inheritdoc/>
    protected override (Formula Hit, Formula Total) Parts(Formula overlap, Formula predicted, Formula target) => (overlap, predicted + target - overlap);
}
