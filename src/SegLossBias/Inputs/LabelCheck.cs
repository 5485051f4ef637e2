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
    private static readonly Scalar One = 1L.ToScalar();

    /// <summary>Class indices, int64 [N,V]: 0..classes-1 or the ignore index.</summary>
    internal static (Tensor Labels, Tensor? Ignored) Indices(Tensor labels, SegmentationInput input)
    {
        var classes = input.Classes;
        if (input.ChecksLabels && AllWithin(labels, classes - 1, input.IgnoreIndex))
        {
            return (labels, null);
        }

        using var last = (classes - 1).ToScalar();
        var ignored = Separate(
            labels,
            labels.lt(Zero).logical_or(labels.gt(last)),
            input,
            (label, position) => $"logits has {classes} channels but label {label} occurs at {position}; pass ignoreIndex: {label} if it marks pixels to leave out, or map the labels to 0..{classes - 1}.");
        return (labels.masked_fill(ignored, Zero), ignored);
    }

    /// <summary>Labels [N,K,V] of channels on their own, integers or bools: 0, 1 or the ignore index.</summary>
    internal static (Tensor Labels, Tensor? Ignored) Members(Tensor labels, SegmentationInput input)
    {
        if (input.ChecksLabels && AllWithin(labels, 1, input.IgnoreIndex))
        {
            return (labels.to(ScalarType.Bool), null);
        }

        var isOne = AreEqual(labels, 1);
        var ignored = Separate(
            labels,
            isOne.logical_or(AreEqual(labels, 0)).logical_not(),
            input,
            (label, position) => $"{input.Mode} labels are 0 or 1 but label {label} occurs at {position}; pass ignoreIndex: {label} if it marks pixels to leave out, or map the foreground to 1 (for example target.ne(0)).");
        return (isOne.logical_and(ignored.logical_not()), ignored);
    }

    /// <summary>
    /// One-hot [N,K,*] to class indices [N,*]. Goes through the classes one by one and makes nothing larger than a label
    /// map of the narrowest integers that hold one.
    /// </summary>
    /// <param name="oneHot">Integers or bools.</param>
    /// <param name="ignoreIndex">What stands in all channels of a pixel to leave out.</param>
    /// <param name="checksLabels">Whether another pixel that is not one-hot is an error, or left out too.</param>
    /// <returns>The indices, and the index of the pixels to leave out: the ignore index if it is a class, else K.</returns>
    internal static (Tensor Labels, long? Ignored) FromOneHot(Tensor oneHot, long? ignoreIndex, bool checksLabels)
    {
        var classes = oneHot.shape[1];
        long[] shape = [oneHot.shape[0], .. oneHot.shape[2..]];
        var narrow = classes <= byte.MaxValue ? ScalarType.Byte : classes <= short.MaxValue ? ScalarType.Int16 : ScalarType.Int32;
        var labels = zeros(shape, narrow, oneHot.device);
        var count = zeros_like(labels);
        var isBits = ones(shape, ScalarType.Bool, oneHot.device);
        var isIgnored = ignoreIndex is null ? zeros_like(isBits) : ones_like(isBits);
        for (var k = 0L; k < classes; k++)
        {
            using var scope = NewDisposeScope();
            using var index = k.ToScalar();
            var entries = oneHot.select(1, k);
            var isOne = AreEqual(entries, 1);
            labels.masked_fill_(isOne, index);
            count.add_(isOne, One);
            isBits.logical_and_(isOne.logical_or(AreEqual(entries, 0)));
            if (checksLabels && ignoreIndex is { } ignored)
            {
                isIgnored.logical_and_(AreEqual(entries, ignored));
            }
        }

        var isOneHot = isBits.logical_and_(AreEqual(count, 1));
        if (checksLabels)
        {
            ThrowAtFirst(
                isOneHot.logical_or(isIgnored).logical_not(),
                count,
                shape,
                (ones, position) => $"a target of the logits' shape must be one-hot, one 1 and {classes - 1} zeros in each pixel, but of the {classes} entries of pixel {position} {ones} are 1 and not all others 0; pass class indices [N, *] instead, give ignored pixels the ignoreIndex in all channels, or pass mode: SegmentationMode.Multilabel for overlapping labels.");
        }

        var leftOut = ignoreIndex >= 0 && ignoreIndex < classes ? ignoreIndex.Value : classes;
        using var marker = leftOut.ToScalar();
        return (labels.masked_fill_(isOneHot.logical_not(), marker), leftOut);
    }

    /// <summary>True at ignored pixels. Any other label outside the range is an error, or ignored too where labels are not checked.</summary>
    private static Tensor Separate(Tensor labels, Tensor isOutside, SegmentationInput input, Func<long, string, string> message)
    {
        var ignored = input.IgnoreIndex is { } index ? AreEqual(labels, index) : zeros_like(isOutside);
        if (!input.ChecksLabels)
        {
            return ignored.logical_or(isOutside);
        }

        ThrowAtFirst(isOutside.logical_and(ignored.logical_not()), labels, input.LabelShape, message);
        return ignored;
    }

    /// <summary>Where labels are a number, which their dtype need not hold. Makes no copy of them in a wider dtype, as eq does of bools.</summary>
    private static Tensor AreEqual(Tensor labels, long number)
    {
        var (least, most) = labels.dtype switch
        {
            ScalarType.Bool => (0L, 1L),
            ScalarType.Byte => (byte.MinValue, byte.MaxValue),
            ScalarType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
            ScalarType.Int16 => (short.MinValue, short.MaxValue),
            ScalarType.Int32 => (int.MinValue, int.MaxValue),
            _ => (long.MinValue, long.MaxValue),
        };
        if (number < least || number > most)
        {
            return zeros_like(labels, dtype: ScalarType.Bool);
        }

        if (labels.dtype == ScalarType.Bool)
        {
            return number == 1 ? labels.alias() : labels.logical_not();
        }

        using var scalar = number.ToScalar();
        return labels.eq(scalar);
    }

    /// <summary>True when every label is in 0..last and none is the ignore index: the common case, one pass.</summary>
    private static bool AllWithin(Tensor labels, long last, long? ignoreIndex)
    {
        if (labels.numel() == 0)
        {
            return true;
        }

        if (labels.dtype == ScalarType.Bool)
        {
            return ignoreIndex is not (0 or 1);
        }

        var (min, max) = aminmax(labels);
        var range = stack([min, max]).to(ScalarType.Int64).cpu().data<long>().ToArray();
        return range[0] >= 0 && range[1] <= last && !(ignoreIndex >= range[0] && ignoreIndex <= range[1]);
    }

    private static void ThrowAtFirst(Tensor isWrong, Tensor labels, long[] shape, Func<long, string, string> message)
    {
        if (isWrong.numel() == 0 || !isWrong.any().cpu().item<bool>())
        {
            return;
        }

        var first = isWrong.to(ScalarType.Byte).flatten().argmax().cpu().item<long>();
        var label = labels.flatten()[first].to(ScalarType.Int64).cpu().item<long>();
        throw new ArgumentException(message(label, Shapes.Text(Shapes.Position(first, shape))), "target");
    }
}
