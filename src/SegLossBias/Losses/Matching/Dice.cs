namespace SegLossBias;

/// <summary>Linear Dice loss.</summary>
/// <remarks>
/// With overlap I, predicted size P and true size T in pixels, of the batch (as here) or of each image:
/// <code>
/// mean_k [Σ_n T > 0]·(1 − D), D = (2·(Σ_n I) + s) / max((Σ_n P) + (Σ_n T) + s, ε)      0 ≤ L ≤ 1
/// </code>
/// It is <see cref="Tversky"/> with α = β = ½ and half the smoothing. <see cref="OverlapTerm.Form"/> has squared denominators, and the
/// form for soft labels; <see cref="OverlapTerm.Link"/> has the logarithm, log cosh and nnU-Net's −D. A class without a pixel in the
/// target counts 0 in the mean unless <see cref="OverlapTerm.Absent"/> says otherwise; a batch without valid pixels gives 0. MONAI
/// averages per image and keeps absent classes.
/// Liu et al., arXiv:2104.08717, Sec. 2 and App. B; Milletari et al., arXiv:1606.04797.
/// </remarks>
public sealed class Dice() : OverlapTerm("Dice")
{
    /// <inheritdoc/>
    protected override (Formula Hit, Formula Total) Parts(Formula overlap, Formula predicted, Formula target) => Ratio(overlap, predicted, target);

    internal static (Formula Hit, Formula Total) Ratio(Formula overlap, Formula predicted, Formula target) => (2 * overlap, predicted + target);
}
