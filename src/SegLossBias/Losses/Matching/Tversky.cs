namespace SegLossBias;

/// <summary>Tversky loss: an overlap loss that weighs false alarms and misses apart. Dice and Jaccard are two of its parameters.</summary>
/// <remarks>
/// With overlap I, predicted size P and true size T in pixels, of the batch (as here) or of each image, so that P − I are
/// false alarms and T − I misses:
/// <code>
/// mean_k [Σ_n T > 0]·(1 − D), D = ((Σ_n I) + s) / max((Σ_n I) + α·((Σ_n P) − (Σ_n I)) + β·((Σ_n T) − (Σ_n I)) + s, ε)      0 ≤ L ≤ 1
/// </code>
/// α = β = ½ is <see cref="Dice"/> (with twice the smoothing), α = β = 1 <see cref="Jaccard"/>. β above α punishes misses more, which
/// suits small foregrounds. An exponent q other than 1 makes it focal, (1 − D)^q; Abraham and Khan call it 1/γ and use
/// 0.75. <see cref="ExponentOfMean"/> raises the mean over classes instead, as smp does. Where D = 1 and q &lt; 1 the infinite
/// derivative is taken as 0. A class without a pixel in the target counts 0 in the
/// mean unless <see cref="OverlapTerm.Absent"/> says otherwise; a batch without valid pixels gives 0.
/// Salehi et al., arXiv:1706.05721; Abraham and Khan, arXiv:1810.07842.
/// </remarks>
public sealed class Tversky() : OverlapTerm("Tversky")
{
    /// <summary>α ≥ 0, the weight of false alarms; ½ is Dice's.</summary>
    public double Alpha { get; init => field = SettingCheck.NotNegative(value, "α, the weight of false alarms,"); } = 0.5;

    /// <summary>β ≥ 0, the weight of misses; ½ is Dice's.</summary>
    public double Beta { get; init => field = SettingCheck.NotNegative(value, "β, the weight of misses,"); } = 0.5;

    /// <summary>q &gt; 0, the exponent of the focal form: the loss of each class to this power; 1 for none.</summary>
    public double Exponent { get; init => field = SettingCheck.Positive(value, "the focal exponent q"); } = 1;

    /// <summary>γ &gt; 0: the mean (or sum) over the classes to this power, smp's <c>gamma</c>; 1 for none.</summary>
    public double ExponentOfMean { get; init => field = SettingCheck.Positive(value, "the exponent γ of the mean"); } = 1;

    /// <inheritdoc/>
    protected override (Formula Hit, Formula Total) Parts(Formula overlap, Formula predicted, Formula target)
    {
        var (falseAlarm, miss) = (predicted - overlap, target - overlap);
        return (overlap, overlap + (Formula.Constant(Alpha, "α") * falseAlarm) + (Formula.Constant(Beta, "β") * miss));
    }

    private protected override Formula OfClass(Formula loss) => Raised(loss, Exponent, "q");

    private protected override Formula OfMean(Formula loss) => Raised(loss, ExponentOfMean, "γ");

    private Formula Raised(Formula loss, double exponent, string symbol) =>
        exponent == 1 ? loss
        : Link == OverlapLink.Negative ? throw new InvalidOperationException($"a negative number has no power, but with OverlapLink.Negative the exponent {symbol} is {exponent}; leave one of them out.")
        : Formula.Power(Formula.Max(loss, 0), exponent, symbol);
}
