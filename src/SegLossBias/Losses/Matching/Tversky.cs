namespace SegLossBias;

/// <summary>Tversky loss: an overlap loss that weighs false alarms and misses apart. Dice and Jaccard are two of its parameters.</summary>
/// <remarks>
/// With overlap I, predicted size P and true size T in pixels, of the batch (as here) or of each image, so that P − I are
/// false alarms and T − I misses:
/// <code>
/// mean_k [Σ_n T > 0]·(1 − D), D = ((Σ_n I) + s) / max((Σ_n I) + α·((Σ_n P) − (Σ_n I)) + β·((Σ_n T) − (Σ_n I)) + s, ε)      0 ≤ L ≤ 1
/// </code>
/// α = β = ½ is <see cref="Dice"/> (with twice the smoothing), α = β = 1 Jaccard. β above α punishes misses more, which
/// suits small foregrounds. An exponent q other than 1 makes it focal, (1 − D)^q; Abraham and Khan call it 1/γ and use
/// 0.75. Where D = 1 and q &lt; 1 the infinite derivative is taken as 0. A class without a pixel in the target counts 0 in the
/// mean unless <see cref="OverlapTerm.Absent"/> says otherwise; a batch without valid pixels gives 0.
/// Salehi et al., arXiv:1706.05721; Abraham and Khan, arXiv:1810.07842.
/// </remarks>
public sealed class Tversky() : OverlapTerm("Tversky")
{
    /// <summary>α ≥ 0, the weight of false alarms; ½ is Dice's.</summary>
    public double Alpha { get; init => field = SettingCheck.NotNegative(value, "α, the weight of false alarms,"); } = 0.5;

    /// <summary>β ≥ 0, the weight of misses; ½ is Dice's.</summary>
    public double Beta { get; init => field = SettingCheck.NotNegative(value, "β, the weight of misses,"); } = 0.5;

    /// <summary>q &gt; 0, the exponent of the focal form; 1 for none.</summary>
    public double Exponent { get; init => field = SettingCheck.Positive(value, "the focal exponent q"); } = 1;

    /// <inheritdoc/>
    protected override Formula Loss(RegionSet regions)
    {
        ArgumentNullException.ThrowIfNull(regions);
        var (hit, falseAlarm, miss) = (regions.Overlap, regions.PredictedSize() - regions.Overlap, regions.TargetSize - regions.Overlap);
        var index = Index(hit, hit + (Formula.Constant(Alpha, "α") * falseAlarm) + (Formula.Constant(Beta, "β") * miss)).Named("D");
        return Exponent == 1 ? 1 - index : Formula.Power(Formula.Max(1 - index, 0), Exponent, "q");
    }
}
