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
/// smp's <c>FocalLoss(reduced_threshold=θ)</c> gives the same, with <c>reduction="sum"</c> as with <see cref="SumsPixels"/>; the mean of its <c>normalized=True</c> divides by the number of pixels (or
/// entries) once more. Sergievskiy and Ponamarev, arXiv:1903.01347 (θ = ½); Sofiiuk et al., arXiv:1909.07829.
/// </remarks>
public sealed class ReducedFocal() : PixelTerm("ReducedFocal")
{
    /// <summary>1 − p is at least this: below, for γ &lt; 1, its power would have an infinite derivative.</summary>
    private const double Smallest = 1.2e-38;

    /// <summary>γ ≥ 0, dimensionless; 2 is usual.</summary>
    public double Gamma { get; init => field = SettingCheck.NotNegative(value, "the focusing parameter γ"); } = 2;

    /// <summary>θ in (0, 1]: below it a pixel has its cross-entropy; null for none.</summary>
    public double? Threshold { get; init => field = SettingCheck.PositiveShare(value, "the threshold θ", "0.5 is usual, null leaves it out"); } = 0.5;

    /// <summary>Whether the sum is divided by that of the focal weights f and not by that of the pixels.</summary>
    public bool Normalized { get; init; }

    /// <summary>α in [0, 1] of the foreground, 1 − α of what is outside; null for no such weight.</summary>
    public double? Alpha { get; init => field = SettingCheck.Share(value, "α", "0.25 is usual, null leaves it out"); }

    /// <summary>w ≥ 0, one for each class, in binary mode of background and foreground; null for 1. They weigh the losses, not the normaliser.</summary>
    public ClassWeights? Weight { get; init; }

    /// <summary>The classes that count.</summary>
    public ClassSelection Classes { get; init => field = SettingCheck.NotNull(value); } = ClassSelection.All;

    /// <summary>Mean or sum over exclusive classes; channels on their own are one set of entries in any case.</summary>
    public ClassReduction ClassReduction { get; init => field = SettingCheck.Defined(value); }

    /// <summary>Whether entries are added up and not averaged: Σ w·f·ℓ. The normalised form is Σ w·f·ℓ / Σ w·f in any case.</summary>
    public bool SumsPixels { get; init; }

    /// <summary>ε &gt; 0: Σ f is at least this in the normalised form; smp has 1e-6.</summary>
    public double Epsilon { get; init => field = SettingCheck.Positive(value, "ε bounds a denominator and"); } = 1e-6;

    /// <inheritdoc/>
    protected override Tensor Evaluate(Pixels pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        Tensor Selected(Tensor entries) => ClassValues.Of(Classes, entries, pixels.Classes);
        var (logits, target) = (Selected(pixels.Logits), Selected(pixels.Target));
        var opposite = target.OneMinus();
        var loss = ClassLosses.Weighted(logits.LogSigmoid(), target).Plus(ClassLosses.Weighted(logits.neg().LogSigmoid(), opposite)).neg();
        var oneMinusP = loss.neg().expm1().neg();
        var factor = oneMinusP.AtLeast(Smallest).Times(1 / (Threshold ?? 1)).Power(Gamma);
        factor = Threshold is { } threshold ? factor.OneWhere(oneMinusP.Plus(threshold - 1).IsPositive()) : factor;
        var weights = (pixels.EntryWeights is { } given ? Selected(given) : ones([1, 1, 1], loss.dtype, loss.device)).expand_as(loss);
        var weighted = loss.mul(factor).mul(weights);
        weighted = Alpha is { } alpha ? weighted.mul(target.Times(alpha).Plus(opposite.Times(1 - alpha))) : weighted;
        weighted = Weight is { } weight ? weighted.mul(OfClasses(weight, target, pixels)) : weighted;

        // Each class has its own mean; channels that do not exclude each other share one.
        Tensor Sum(Tensor entries) => pixels.Mode == SegmentationMode.Multiclass ? entries.sum([0L, 2L]) : entries.sum();
        var (sum, total) = (Sum(weighted), Sum(Normalized ? factor.mul(weights) : weights));
        var mean = Normalized ? sum.div(total.AtLeast(Epsilon)) : SumsPixels ? sum : sum.div(total.OneWhere(total.IsZero()));
        return mean.dim() == 0 ? mean : ClassReduction == ClassReduction.Sum ? mean.sum() : mean.mean();
    }

    /// <summary>What each entry weighs by its class; in binary mode by its side.</summary>
    private Tensor OfClasses(ClassWeights weight, Tensor target, Pixels pixels)
    {
        var isBinary = pixels.Mode == SegmentationMode.Binary;
        weight.EnsureCount(isBinary ? 2 : checked((int)pixels.Classes));
        return isBinary
            ? target.Times(weight.Values[1]).Plus(target.OneMinus().Times(weight.Values[0]))
            : ClassValues.Of(Classes, tensor(weight.Values.ToArray(), [1, weight.Values.Count, 1], target.dtype, target.device), pixels.Classes);
    }
}
