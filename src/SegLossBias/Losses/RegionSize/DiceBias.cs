namespace SegLossBias;

/// <summary>Dice bias (DB): the region-size penalty hidden in log-Dice, on its own.</summary>
/// <remarks>
/// For image n and class k, with the true size T, the predicted size P (Q for τ other than 1) and the valid pixels |V|:
/// <code>
/// mean_n (Σ_k [|V| > 0]·log(p̂ + ŷ + ε)) / K, p̂ = (P + ε) / (|V| + ε), ŷ = (T + ε) / (|V| + ε)      L ≤ log 2
/// </code>
/// The paper sums over the classes instead of dividing by K (<see cref="ClassReduction.Sum"/>), and its ε is 0: L is then
/// −∞ where a region is neither true nor predicted. It is smallest where the largest region takes everything (Prop. 2);
/// in binary mode the foreground alone counts, and L is smallest for an empty one. An image without valid pixels counts 0
/// with zero gradient. Liu et al., arXiv:2104.08717, Eq. 2; binary Eq. B.3.
/// </remarks>
public sealed class DiceBias() : RegionSizeTerm("DB", temperature: 1, ClassReduction.Mean)
{
    /// <inheritdoc/>
    protected override Formula Penalty(Regions regions, double temperature)
    {
        ArgumentNullException.ThrowIfNull(regions);
        var r = regions.Foreground;
        var sum = r.PredictedProportion(temperature, Epsilon) + r.TargetProportion(Epsilon);

        // A multilabel channel can be ignored altogether while its image is not.
        return Formula.Log(Epsilon == 0 ? sum : sum + Formula.Constant(Epsilon, "ε")).Where(r.ValidSize);
    }
}
