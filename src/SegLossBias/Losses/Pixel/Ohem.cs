using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Cross-entropy with online hard example mining (OHEM): the mean over the pixels that are not yet predicted well.</summary>
/// <remarks>
/// With ℓ_i = −log p of the true class of pixel i, sorted from large to small, over the |V| valid pixels of the batch (default) or of
/// each image, in multilabel mode over all entries of pixels and channels:
/// <code>
/// L = 1/m Σ_{j ≤ m} ℓ_(j),   m = max( number of pixels with p &lt; t,  min(max(⌊r·|V|⌋, c, 1), |V|) )      L ≥ 0
/// </code>
/// All pixels whose true class has a probability below t count. If they are few, the hardest pixels are added until there are
/// ⌊r·|V|⌋ or c of them. Ignored pixels are never among them. With soft labels ℓ_i = Σ_k −y_ik log p_ik, and a pixel counts where ℓ_i > −log t.
/// With class weights w the mean is that of w·ℓ, and p alone says which pixels are hard. With <see cref="Classes"/> |V| counts the pixels
/// that are of one of these classes. With weights of the pixels the mean is a weighted one, Σ w·ℓ / Σ w; t, r and c look at pixels without their weights. Where a pixel
/// crosses the threshold the loss jumps; the gradient is that of the pixels that count. A batch or an image without valid pixels
/// gives 0 with zero gradient. The common <c>OhemCELoss</c> has these defaults. mmseg's <c>OHEMPixelSampler</c> has r = 0 and
/// c = <c>min_kept</c> for each image of the batch, and divides by all pixels instead of those that count.
/// Shrivastava et al., arXiv:1604.03540; for pixels Yu et al., BiSeNet, arXiv:1808.00897, Sec. 3.2.
/// </remarks>
public sealed class Ohem() : PixelTerm("OHEM")
{
    /// <summary>t in (0, 1]: pixels whose true class is less probable count. 0.7 is usual; 1 leaves out none but those of probability 1.</summary>
    public double Threshold { get; init => field = SettingCheck.PositiveShare(value, "the threshold, a probability,", "0.7 is usual"); } = 0.7;

    /// <summary>r in [0, 1], the share of the pixels that count at least; 1/16 by default.</summary>
    public double MinRatio { get; init => field = SettingCheck.Share(value, "the share of the pixels that count at least", "1/16 is usual"); } = 1.0 / 16;

    /// <summary>c ≥ 0, how many pixels count at least: of the batch, or of each image.</summary>
    public long MinCount
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(MinCount), value, "the number of pixels that count at least must not be negative.");
    }

    /// <summary>Whether the hardest pixels are those of the batch or of each image; <c>Reduction.None</c> needs the latter.</summary>
    public Pooling Pooling { get; init => field = SettingCheck.Defined(value); }

    /// <summary>w ≥ 0, one for each class; null for 1. The normaliser stays the pixels.</summary>
    public ClassWeights? Weight { get; init; }

    /// <summary>The classes whose pixels count, in multilabel mode the channels. p still is the softmax over all.</summary>
    public ClassSelection Classes { get; init => field = SettingCheck.NotNull(value); } = ClassSelection.All;

    /// <inheritdoc/>
    protected override Tensor Evaluate(Pixels pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        var isPooled = Pooling == Pooling.Batch;
        Tensor Row(Tensor values) => isPooled ? values.reshape(1, -1) : values;
        var ofClasses = new ClassLosses(pixels, Classes);
        var (losses, weights, isValid) = (Row(ofClasses.Losses(Weight)), pixels.PixelWeights is { } given ? Row(given) : null, Row(ofClasses.IsValid));
        var hardness = Weight is null ? losses : Row(ofClasses.Losses(weight: null)).detach();
        var isHard = hardness.detach().Plus(Math.Log(Threshold)).IsPositive().bitwise_or(hardness.IsNotANumber()).bitwise_and(isValid);
        var (hard, least) = (isHard.sum(1, keepdim: true).to(ScalarType.Float64), HardestPixels.Count(isValid, MinRatio, MinCount));
        var mean = IsEnough(hard, least)
            ? HardestPixels.MeanWhere(isHard, losses, weights, hard)
            : HardestPixels.Mean(losses, weights, isValid, hard.maximum(least), Weight is null ? null : hardness);
        return isPooled ? mean.squeeze(0) : mean;
    }

    /// <summary>Whether nothing need be sorted. Only the CPU is asked, where nobody waits for the answer.</summary>
    private static bool IsEnough(Tensor hard, Tensor least) => hard.device_type == DeviceType.CPU && hard.ge(least).all().item<bool>();
}
