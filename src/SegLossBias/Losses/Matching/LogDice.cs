namespace SegLossBias;

/// <summary>Logarithmic Dice loss, the form whose decomposition shows the hidden region-size bias.</summary>
/// <remarks>
/// With overlap I, predicted size P and true size T in pixels, of the batch (as here) or of each image:
/// <code>
/// mean_k [Σ_n T > 0]·(−log(max(D, ε))), D = (2·(Σ_n I) + s) / max((Σ_n P) + (Σ_n T) + s, ε)      0 ≤ L ≤ −log ε
/// </code>
/// It is <see cref="Dice"/> with <see cref="OverlapLink.Log"/>, and at least the linear one. A class without a pixel in the target counts 0 in the mean unless
/// <see cref="OverlapTerm.Absent"/> says otherwise; a batch without valid pixels gives 0. Below ε there is no gradient, as
/// in the reference. Liu et al., arXiv:2104.08717, Sec. 2 and App. B; Milletari et al., arXiv:1606.04797.
/// </remarks>
public sealed class LogDice() : OverlapTerm("LogDice", OverlapLink.Log)
{
    /// <inheritdoc/>
    protected override (Formula Hit, Formula Total) Parts(Formula overlap, Formula predicted, Formula target) => Dice.Ratio(overlap, predicted, target);
}
