namespace SegLossBias;

/// <summary>
/// What a pixel of exclusive classes with the true class y has: a · −log p_y + b · Σ_k −log p_k + Σ_k f_k F_k. Label smoothing s has
/// a = 1 − s and b = s/K.
/// </summary>
/// <param name="OfTruth">a.</param>
/// <param name="OfAll">b.</param>
/// <param name="OfFocal">
/// f for the focal terms F with γ = 2 of each class against the rest: K numbers for a class that is the true one, then K for one that is
/// not; null for none.
/// </param>
internal readonly record struct PixelFactors(double OfTruth, double OfAll, double[]? OfFocal = null)
{
    internal const double Gamma = 2;

    /// <summary>Whether a logarithm of the softmax is read.</summary>
    internal bool HasLogs => OfTruth != 0 || OfAll != 0;
}
