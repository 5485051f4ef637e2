using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Lovász hinge: the Jaccard loss of the foreground, made convex in the logits.</summary>
/// <remarks>
/// With the hinge errors e_i = 1 − z_i·(2y_i − 1) of a channel sorted from large to small, over the pixels of the batch (default) or of each image:
/// <code>
/// L = mean_k Σ_j max(e_(j), 0)·(J_j − J_(j−1)),   J_j = j / (T + j − Σ_{i ≤ j} y_(i))      L ≥ 0
/// </code>
/// J_j is the Jaccard loss if the j pixels of the largest errors are wrong and the others right, T = Σ y. It is 0 where every logit is
/// beyond the margin, z ≥ 1 inside and z ≤ −1 outside, and at least 1 − IoU of the prediction z > 0. A channel without a pixel in the
/// target counts its largest error, unless <see cref="Absent"/> says otherwise. Made for binary and multilabel mode; in multiclass mode
/// each class is a channel against the rest. The published code and smp sort all channels as one list: <see cref="JoinsClasses"/>.
/// Ignored pixels are left out. With weights of the pixels j and y become w and w·y; soft labels stand in the formula as they are.
/// Where errors are equal, any order has the same value; the gradient is that of one order. A batch or an image without valid
/// pixels gives 0 with zero gradient. It is piecewise linear in the logits, so its second derivative is 0.
/// Berman et al., arXiv:1705.08790, Eq. 7.
/// </remarks>
public sealed class LovaszHinge() : PixelTerm("LovaszHinge")
{
    /// <summary>Whether the pixels of the batch or of each image are sorted; <c>Reduction.None</c> needs the latter.</summary>
    public Pooling Pooling { get; init => field = SettingCheck.Defined(value); }

    /// <summary>What a channel without a pixel in the target counts; it stays in the formula by default.</summary>
    public AbsentClass Absent { get; init => field = SettingCheck.Defined(value); } = AbsentClass.Keep;

    /// <summary>The channels that count.</summary>
    public ClassSelection Classes { get; init => field = SettingCheck.NotNull(value); } = ClassSelection.All;

    /// <summary>Whether the channels are one list of entries, with one Jaccard loss; false, the default, for the mean over channels.</summary>
    public bool JoinsClasses { get; init; }

    /// <inheritdoc/>
    protected override Tensor Evaluate(Pixels pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        Tensor Rows(Tensor entries)
        {
            var rows = LovaszRows.Of(ClassValues.Of(Classes, JoinsClasses ? entries.expand(pixels.Images, pixels.Classes, -1) : entries, pixels.Classes), Pooling);
            return JoinsClasses ? LovaszRows.Joined(rows) : rows;
        }

        var (y, weights) = (Rows(pixels.Target), pixels.EntryWeights is { } given ? Rows(given) : null);
        var sign = y.Times(2).Plus(-1);
        var values = LovaszExtension.Of(Rows(pixels.Logits).mul(sign).OneMinus(), y, weights, positiveOnly: true);
        return ClassValues.Mean(values, y.WeightedBy(weights).sum(-1), Absent, Pooling);
    }
}
