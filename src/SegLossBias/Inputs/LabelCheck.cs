using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// Checks every label against its range and separates the ignored pixels. Costs one host synchronisation, two when
/// labels lie outside the range (that is, when pixels are ignored or the target is wrong), none where the input says
/// that its labels are not checked.
/// </summary>
internal static class LabelCheck
{
    private static readonly Scalar Zero = 0L.ToScalar();

    /// <summary>Class indices [N,V]: 0..classes-1 or the ignore index.</summary>
    internal static (Tensor Labels, Tensor? Ignored) Indices(Tensor labels, SegmentationInput input)
    {
        var classes = input.Classes;
        if (input.ChecksLabels && AllWithin(labels, classes - 1, input.IgnoreIndex))
        {
            return (labels, null);
        }

        var ignored = Separate(
            labels,
            input,
            classes - 1,
            (label, position) => $"logits has {classes} channels but label {label} occurs at {position}; pass ignoreIndex: {label} if it marks pixels to leave out, or map the labels to 0..{classes - 1}.");
        return (labels.masked_fill(ignored, Zero), ignored);
    }

    /// <summary>Labels [N,K,V] of channels on their own: 0, 1 or the ignore index.</summary>
    internal static (Tensor Labels, Tensor? Ignored) Members(Tensor labels, SegmentationInput input)
    {
        if (input.ChecksLabels && AllWithin(labels, 1, input.IgnoreIndex))
        {
            return (labels.to(ScalarType.Bool), null);
        }

        var ignored = Separate(
            labels,
            input,
            1,
            (label, position) => $"{input.Mode} labels are 0 or 1 but label {label} occurs at {position}; pass ignoreIndex: {label} if it marks pixels to leave out, or map the foreground to 1 (for example target.ne(0)).");
        return (labels.masked_fill(ignored, Zero).to(ScalarType.Bool), ignored);
    }

    /// <summary>
    /// One-hot [N,K,V] to class indices [N,V], with the ignore index where all entries of a pixel are the ignore index.
    /// </summary>
    internal static Tensor FromOneHot(Tensor oneHot, long[] shape, long? ignoreIndex)
    {
        using var one = 1L.ToScalar();
        var classes = oneHot.shape[1];
        var isBit = oneHot.eq(Zero).logical_or(oneHot.eq(one));
        var isOneHot = isBit.all(1).logical_and(oneHot.eq(one).sum(1).eq(one));
        var isIgnored = ignoreIndex is null ? isOneHot.zeros_like() : Ignored(oneHot, ignoreIndex).all(1);
        var isWrong = isOneHot.logical_or(isIgnored).logical_not();
        ThrowAtFirst(
            isWrong,
            oneHot.eq(one).sum(1),
            [shape[0], .. shape[2..]],
            (count, position) => $"a target of the logits' shape must be one-hot, one 1 and {classes - 1} zeros in each pixel, but of the {classes} entries of pixel {position} {count} are 1 and not all others 0; pass class indices [N, *] instead, give ignored pixels the ignoreIndex in all channels, or pass mode: SegmentationMode.Multilabel for overlapping labels.");

        using var marker = (ignoreIndex ?? -1L).ToScalar();
        return oneHot.eq(one).to(ScalarType.Byte).argmax(1).masked_fill(isIgnored, marker);
    }

    /// <summary>True at ignored pixels. Any other label outside 0..last is an error, or ignored too where labels are not checked.</summary>
    private static Tensor Separate(Tensor labels, SegmentationInput input, long last, Func<long, string, string> message)
    {
        using var limit = last.ToScalar();
        var ignored = Ignored(labels, input.IgnoreIndex);
        var isOutside = labels.lt(Zero).logical_or(labels.gt(limit));
        if (!input.ChecksLabels)
        {
            return ignored.logical_or(isOutside);
        }

        ThrowAtFirst(isOutside.logical_and(ignored.logical_not()), labels, input.LabelShape, message);
        return ignored;
    }

    private static Tensor Ignored(Tensor labels, long? ignoreIndex)
    {
        if (ignoreIndex is not { } index)
        {
            return zeros_like(labels, dtype: ScalarType.Bool);
        }

        using var marker = index.ToScalar();
        return labels.eq(marker);
    }

    /// <summary>True when every label is in 0..last and none is the ignore index: the common case, one pass.</summary>
    private static bool AllWithin(Tensor labels, long last, long? ignoreIndex)
    {
        if (labels.numel() == 0)
        {
            return true;
        }

        var (min, max) = aminmax(labels);
        var range = stack([min, max]).cpu().data<long>().ToArray();
        return range[0] >= 0 && range[1] <= last && !(ignoreIndex >= range[0] && ignoreIndex <= range[1]);
    }

    private static void ThrowAtFirst(Tensor isWrong, Tensor labels, long[] shape, Func<long, string, string> message)
    {
        if (isWrong.numel() == 0 || !isWrong.any().cpu().item<bool>())
        {
            return;
        }

        var first = isWrong.to(ScalarType.Byte).flatten().argmax().cpu().item<long>();
        var label = labels.flatten()[first].cpu().item<long>();
        throw new ArgumentException(message(label, Shapes.Text(Shapes.Position(first, shape))), "target");
    }
}
