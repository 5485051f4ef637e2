using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Reduced and normalised focal loss: variants of the one-vs-rest focal loss that are no sums over pixels of <see cref="Focal"/>'s kind.</summary>
/// <remarks>
/// For pixel i and class k, with y the label and p the probability of that label, ℓ = −y·log σ(z) − (1−y)·log σ(−z) and p = e^−ℓ:
/// <code>
/// f = 1 for p &lt; θ, else ((1 − p) / θ)^γ          without a threshold f = (1 − p)^γ
/// L = mean_k ( Σ w·f·ℓ / Σ w )                   normalised: mean_k ( Σ w·f·ℓ / max(Σ w·f, ε) )      L ≥ 0
/// </code>
/// Sums run over the valid pixels of the batch, each class against the rest; in binary and multilabel mode over all entries
/// together, without a mean over k. The reduced form leaves hard pixels their cross-entropy; at p = θ it jumps unless θ = ½.
/// The normalised form undoes the decrease of the focal weights as training goes on; the gradient flows through Σ f too. A
/// batch without valid pixels gives 0. The images are pooled: <c>Reduction.None</c> is an error.
/// smp's <c>FocalLoss(reduced_threshold=θ)</c> gives the same; its <c>normalized=True</c> divides by the number of pixels (or
/// entries) once more. Sergievskiy and Ponamarev, arXiv:1903.01347 (θ = ½); Sofiiuk et al., arXiv:1909.07829.
/// </remarks>
public sealed class ReducedFocal() : PixelTerm("ReducedFocal")
{
    /// <summary>1 − p is at least this: below, for γ &lt; 1, its power would have an infinite derivative.</summary>
    private const double Smallest = 1.2e-38;

    /// <summary>γ ≥ 0, dimensionless; 2 is usual.</summary>
    public double Gamma { get; init => field = SettingCheck.NotNegative(value, "the focusing parameter γ"); } = 2;

    /// <summary>θ in (0, 1]: below it a pixel has its cross-entropy; null for none.</summary>
    public double? Threshold
    {
        get;
        init => field = value is null or (> 0 and <= 1) ? value : throw new ArgumentOutOfRangeException(nameof(Threshold), value, "the threshold θ must lie in (0, 1]; 0.5 is usual, null leaves it out.");
    } = 0.5;

    /// <summary>Whether the sum is divided by that of the focal weights f and not by that of the pixels.</summary>
    public bool Normalized { get; init; }

    /// <summary>α in [0, 1] of the foreground, 1 − α of what is outside; null for no such weight.</summary>
    public double? Alpha
    {
        get;
        init => field = value is null or (>= 0 and <= 1) ? value : throw new ArgumentOutOfRangeException(nameof(Alpha), value, "α must lie in [0, 1]; 0.25 is usual, null leaves it out.");
    }

    /// <summary>ε &gt; 0: Σ f is at least this in the normalised form; smp has 1e-6.</summary>
    public double Epsilon { get; init => field = SettingCheck.Positive(value, "ε bounds a denominator and"); } = 1e-6;

    /// <inheritdoc/>
    protected override Tensor Evaluate(Pixels pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        var (logits, target) = (pixels.Logits, pixels.Target);
        var opposite = target.OneMinus();
        var loss = Part(logits.LogSigmoid(), target).Plus(Part(logits.neg().LogSigmoid(), opposite)).neg();
        var oneMinusP = loss.neg().expm1().neg();
        var factor = oneMinusP.AtLeast(Smallest).Times(1 / (Threshold ?? 1)).Power(Gamma);
        factor = Threshold is { } threshold ? factor.OneWhere(oneMinusP.Plus(threshold - 1).IsPositive()) : factor;
        var weights = (pixels.EntryWeights ?? ones([1, 1, 1], loss.dtype, loss.device)).expand_as(loss);
        var weighted = loss.mul(factor).mul(weights);
        weighted = Alpha is { } alpha ? weighted.mul(target.Times(alpha).Plus(opposite.Times(1 - alpha))) : weighted;

        // Each class has its own mean; channels that do not exclude each other share one.
        Tensor Sum(Tensor entries) => pixels.Mode == SegmentationMode.Multiclass ? entries.sum([0L, 2L]) : entries.sum();
        var total = Sum(Normalized ? factor.mul(weights) : weights);
        var mean = Sum(weighted).div(Normalized ? total.AtLeast(Epsilon) : total.OneWhere(total.IsZero()));
        return mean.dim() == 0 ? mean : mean.mean();
    }

    /// <summary>label · log p, and 0 where the label is 0: log p may be −∞ there.</summary>
    private static Tensor Part(Tensor logProbability, Tensor label) => logProbability.ZeroWhere(label.IsZero()).mul(label);
}
