using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Softmax cross-entropy of channels that do not exclude each other: what MONAI's <c>DiceCELoss(sigmoid=True)</c> adds to Dice.</summary>
/// <remarks>
/// <code>
/// L = mean_i −Σ_k w_k·y'_k·log softmax(z)_k,   y' = (1 − s)·y + s/K      L ≥ 0
/// </code>
/// over the pixels i of the batch with a valid channel; an ignored channel adds nothing. Where labels overlap no prediction gives 0, so it
/// is here for MONAI's number alone. A batch without valid pixels gives 0.
/// </remarks>
internal sealed class ChannelSoftmaxCrossEntropy() : PixelTerm("ChannelCE")
{
    /// <summary>w ≥ 0, one for each channel; null for 1.</summary>
    public ClassWeights? Weight { get; init; }

    /// <summary>s in [0, 1), dimensionless.</summary>
    public double LabelSmoothing { get; init => field = SettingCheck.BelowOne(value, "the label smoothing"); }

    /// <inheritdoc/>
    protected override Tensor Evaluate(Pixels pixels)
    {
        Weight?.EnsureCount(checked((int)pixels.Classes));
        var label = pixels.Target.Times(1 - LabelSmoothing).Plus(LabelSmoothing / pixels.Classes);
        label = Weight is { } weight ? label.mul(tensor(weight.Values.ToArray(), [1, weight.Values.Count, 1], label.dtype, label.device)) : label;
        var losses = ClassLosses.Weighted(nn.functional.log_softmax(pixels.Logits, 1), label.WeightedBy(pixels.EntryWeights)).sum(1L).neg();
        var counted = pixels.IsValid.view(pixels.Images, pixels.Classes, -1).any(1).to(losses.dtype).sum();
        return losses.sum().div(counted.AtLeast(1));
    }
}
