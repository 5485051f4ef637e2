using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Top-k cross-entropy: the mean over the hardest pixels alone.</summary>
/// <remarks>
/// With ℓ_i = −log p of the true class of pixel i, sorted from large to small, over the |V| valid pixels of the batch
/// (default) or of each image, in multilabel mode over all entries of pixels and channels:
/// <code>
/// L = 1/m Σ_{j ≤ m} ℓ_(j),   m = max(1, ⌊r·|V|⌋)      L ≥ the cross-entropy, which it is for r = 1
/// </code>
/// With <see cref="LabelSmoothing"/> s, ℓ is that of labels (1 − s)·y + s/K, in binary and multilabel mode of foreground and background, K = 2.
/// With class weights ℓ is multiplied by w before it is sorted, as in nnU-Net, and m still counts pixels. With <see cref="Classes"/> |V| counts
/// the pixels that are of one of these classes. Of pixels with equal losses at the border any may be taken. Ignored pixels are never among them: nnU-Net's
/// <c>TopKLoss</c> counts them in |V|. With weights of the pixels the mean over the
/// hardest is a weighted one, Σ w·ℓ / Σ w; m counts pixels. A batch or an image without valid pixels gives 0 with zero gradient.
/// Wu et al., arXiv:1605.06885; Isensee et al., nnU-Net (r = 0.1).
/// </remarks>
public sealed class TopKCrossEntropy() : PixelTerm("TopK")
{
    /// <summary>r in (0, 1], the share of the pixels that count; nnU-Net has 0.1.</summary>
    public double Ratio { get; init => field = SettingCheck.PositiveShare(value, "the share of the pixels that count", "nnU-Net has 0.1"); } = 0.1;

    /// <summary>s in [0, 1), dimensionless; 0 for none.</summary>
    public double LabelSmoothing { get; init => field = SettingCheck.BelowOne(value, "the label smoothing"); }

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
        var (losses, weights) = (Row(ofClasses.Losses(Weight, LabelSmoothing)), pixels.PixelWeights is { } given ? Row(given) : null);
        var count = losses.shape[1];
        var hardest = pixels.ValidCount is null || !ofClasses.AreAll || count == 0
            ? OfValid(losses, weights, Row(ofClasses.IsValid))
            : HardestPixels.Mean(losses, weights, Math.Max(1, (int)Math.Floor(HardestPixels.Rounded(Ratio) * count)));
        return isPooled ? hardest.squeeze(0) : hardest;
    }

    private Tensor OfValid(Tensor losses, Tensor? weights, Tensor isValid) =>
        HardestPixels.Mean(losses, weights, isValid, HardestPixels.Count(isValid, Ratio));
}
