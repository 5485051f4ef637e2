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
/// Of pixels with equal losses at the border any may be taken. Ignored pixels are never among them: nnU-Net's
/// <c>TopKLoss</c> counts them in |V|. With weights of the pixels the mean over the
/// hardest is a weighted one, Σ w·ℓ / Σ w; m counts pixels. A batch or an image without valid pixels gives 0 with zero gradient.
/// Wu et al., arXiv:1605.06885; Isensee et al., nnU-Net (r = 0.1).
/// </remarks>
public sealed class TopKCrossEntropy() : PixelTerm("TopK")
{
    /// <summary>r in (0, 1], the share of the pixels that count; nnU-Net has 0.1.</summary>
    public double Ratio
    {
        get;
        init => field = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Ratio), value, "the share of the pixels that count must lie in (0, 1]; nnU-Net has 0.1.");
    } = 0.1;

    /// <summary>Whether the hardest pixels are those of the batch or of each image; <c>Reduction.None</c> needs the latter.</summary>
    public Pooling Pooling { get; init => field = SettingCheck.Defined(value); }

    /// <inheritdoc/>
    protected override Tensor Evaluate(Pixels pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        var isPooled = Pooling == Pooling.Batch;
        Tensor Row(Tensor values) => isPooled ? values.reshape(1, -1) : values;
        var (losses, weights) = (Row(pixels.NegativeLogLikelihood), pixels.PixelWeights is { } given ? Row(given) : null);
        var count = losses.shape[1];
        var hardest = pixels.ValidCount is null || count == 0
            ? HardestOfSome(losses, weights, Row(pixels.IsValid))
            : Hardest(losses, weights, Math.Max(1, (int)Math.Floor(Ratio * count)));
        return isPooled ? hardest.squeeze(0) : hardest;
    }

    private static Tensor Hardest(Tensor losses, Tensor? weights, int count)
    {
        var (values, places) = losses.topk(count, 1, sorted: false);
        return weights is null ? values.mean([1]) : Mean(values, weights.gather(1, places));
    }

    /// <summary>Where some pixels are ignored, how many count is known to the device alone: sorts, so that nobody waits for it.</summary>
    private Tensor HardestOfSome(Tensor losses, Tensor? weights, Tensor isValid)
    {
        var (sorted, order) = losses.MinusInfinityWhere(isValid.bitwise_not()).sort(1, descending: true);
        var valid = isValid.sum(1, keepdim: true).to(ScalarType.Float64);
        var many = valid.Times(Ratio).floor().AtLeast(1).minimum(valid);
        var rank = ones([1, losses.shape[1]], ScalarType.Float64, losses.device).cumsum(1); // 1, 2, …; arange would make temporary Scalars.
        var isOut = rank.gt(many);
        var chosen = weights is null ? ones_like(sorted) : weights.gather(1, order);
        return Mean(sorted.ZeroWhere(isOut), chosen.ZeroWhere(isOut));
    }

    /// <summary>Σ w·ℓ / Σ w of each row; 0 where nothing weighs.</summary>
    private static Tensor Mean(Tensor losses, Tensor weights)
    {
        var sum = weights.sum(1);
        return losses.mul(weights).sum(1).div(sum.OneWhere(sum.IsZero()));
    }
}
