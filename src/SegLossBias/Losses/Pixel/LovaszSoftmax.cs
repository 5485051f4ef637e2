using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Lovász softmax: the Jaccard loss of each class, made convex in the errors of its pixels.</summary>
/// <remarks>
/// With the errors e_i = |y_ik − p_ik| of class k sorted from large to small, over the pixels of the batch (default) or of each image:
/// <code>
/// L = mean_k Σ_j e_(j)·(J_j − J_(j−1)),   J_j = j / (T + j − Σ_{i ≤ j} y_(i))      0 ≤ L ≤ 1
/// </code>
/// J_j is the Jaccard loss if the j pixels of the largest errors are wrong and the others right, T = Σ y. For p of 0 and 1 it is
/// 1 − IoU. Classes without a pixel in the target are left out of the mean ("present" in the published code);
/// <see cref="AbsentClass.Keep"/> counts them, with the largest error ("all"). In binary and multilabel mode p is the sigmoid and a
/// class is the foreground of a channel; smp has <see cref="LovaszHinge"/> there. Ignored pixels are left out. With
/// weights of the pixels j and y become w and w·y; soft labels stand in the formula as they are. Where errors are equal, any order has
/// the same value; the gradient is that of one order. A batch or an image without valid pixels gives 0 with zero gradient.
/// The time is that of sorting the pixels for each class, on the device of the logits.
/// Berman et al., arXiv:1705.08790, Eq. 9 to 12.
/// </remarks>
public sealed class LovaszSoftmax() : PixelTerm("Lovasz")
{
    /// <summary>Whether the pixels of the batch or of each image are sorted; <c>Reduction.None</c> needs the latter.</summary>
    public Pooling Pooling { get; init => field = SettingCheck.Defined(value); }

    /// <summary>What a class without a pixel in the target counts; it is left out by default.</summary>
    public AbsentClass Absent { get; init => field = SettingCheck.Defined(value); } = AbsentClass.LeaveOut;

    /// <summary>The classes to average.</summary>
    public ClassSelection Classes { get; init => field = SettingCheck.NotNull(value); } = ClassSelection.All;

    /// <inheritdoc/>
    protected override Tensor Evaluate(Pixels pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        Tensor Selected(Tensor entries) => ClassValues.Of(Classes, entries, pixels.Classes);
        var (labels, shares) = OfPresent(Selected(pixels.Target), Selected(pixels.Probability), pixels);
        var (y, p) = (LovaszRows.Of(labels, Pooling), LovaszRows.Of(shares, Pooling));
        var weights = pixels.EntryWeights is { } given ? LovaszRows.Of(Selected(given), Pooling) : null;
        var values = LovaszExtension.Of(y.sub(p).Magnitude(), y, weights);
        return ClassValues.Mean(values, y.WeightedBy(weights).sum(-1), Absent, Pooling);
    }

    /// <summary>
    /// Without the classes that no image has, where they are left out in any case, so that nothing is sorted for them. Only the CPU
    /// is asked, where nobody waits for the answer. A p that is NaN stays visible: with exclusive classes it is NaN in all of them.
    /// </summary>
    private (Tensor Labels, Tensor Shares) OfPresent(Tensor labels, Tensor shares, Pixels pixels)
    {
        if (Absent != AbsentClass.LeaveOut || pixels.Mode != SegmentationMode.Multiclass || labels.device_type != DeviceType.CPU)
        {
            return (labels, shares);
        }

        var present = labels.WeightedBy(pixels.EntryWeights).sum([0, 2]).nonzero().squeeze(1);
        return present.shape[0] is var count && (count == 0 || count == labels.shape[1])
            ? (labels, shares)
            : (labels.index_select(1, present), shares.index_select(1, present));
    }
}
