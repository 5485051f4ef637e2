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

    /// <summary>Labels [N,V] of class indices as int64, or [N,K,V] of channels on their own as bools; 0 or false where ignored.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="images">N.</param>
    /// <param name="pixels">V.</param>
    /// <param name="range">Which labels there may be.</param>
    /// <param name="reads">What other checks read on the host, to be read together; null where there are none.</param>
    /// <param name="weightless">Where any label may stand, [N,V] or [N,K,V]: 0 or false is returned there. Null where there is no such pixel.</param>
    internal static (Tensor Labels, Tensor? Ignored) Flat(Tensor labels, long images, long pixels, LabelRange range, HostReads? reads = null, Tensor? weightless = null)
    {
        Tensor Seen(Tensor flat) => weightless is null ? flat : flat.masked_fill(weightless, Zero);
        return range.Mode == SegmentationMode.Multiclass
            ? Indices(Seen(labels.to(ScalarType.Int64).reshape(images, pixels)), range, reads)
            : Members(Seen(labels.reshape(images, range.Classes, pixels)), range, reads);
    }

    /// <summary>The same of labels that have been checked, none of them ignored.</summary>
    internal static Tensor Trusted(Tensor labels, long images, long pixels, LabelRange range) =>
        range.Mode == SegmentationMode.Multiclass
            ? labels.to(ScalarType.Int64).reshape(images, pixels)
            : AreEqual(labels.reshape(images, range.Classes, pixels), 1);

    /// <summary>Where labels are a number, which their dtype need not hold. Makes no copy of them in a wider dtype, as eq does of bools.</summary>
    internal static Tensor AreEqual(Tensor labels, long number)
    {
        if (!LabelKind.Holds(labels.dtype, number))
        {
            return zeros_like(labels, dtype: ScalarType.Bool);
        }

        if (labels.dtype == ScalarType.Bool)
        {
            return number == 1 ? Clean(labels) : labels.bitwise_not();
        }

        using var scalar = number.ToScalar();
        return labels.eq(scalar);
    }

    internal static void ThrowAtFirst(Tensor isWrong, Tensor labels, long[] shape, string name, Func<long, string, string> message)
    {
        if (First(isWrong) is not { } first)
        {
            return;
        }

        var label = labels.flatten().select(0, first).to(ScalarType.Int64).cpu().item<long>();
        throw new ArgumentException(message(label, Shapes.Text(Shapes.Position(first, shape))), name);
    }

    /// <summary>The place of the first true entry, row by row; null where there is none.</summary>
    internal static long? First(Tensor isWrong) =>
        isWrong.numel() == 0 || !isWrong.any().cpu().item<bool>() ? null : isWrong.to(ScalarType.Byte).flatten().argmax().cpu().item<long>();

    /// <summary>Class indices, int64 [N,V]: 0..classes-1 or the ignore index.</summary>
    private static (Tensor Labels, Tensor? Ignored) Indices(Tensor labels, LabelRange range, HostReads? reads)
    {
        if (range.ChecksLabels && AllWithin(labels, range, reads))
        {
            return (labels, null);
        }

        using var last = range.Last.ToScalar();
        var ignored = Separate(labels, labels.lt(Zero).bitwise_or(labels.gt(last)), range);
        return (labels.masked_fill(ignored, Zero), ignored);
    }

    /// <summary>Labels [N,K,V] of channels on their own, integers or bools: 0, 1 or the ignore index.</summary>
    private static (Tensor Labels, Tensor? Ignored) Members(Tensor labels, LabelRange range, HostReads? reads)
    {
        if (range.ChecksLabels && AllWithin(labels, range, reads))
        {
            return (AreEqual(labels, 1), null);
        }

        var isOne = AreEqual(labels, 1);
        var ignored = Separate(labels, isOne.bitwise_or(AreEqual(labels, 0)).bitwise_not(), range);
        return (isOne.bitwise_and(ignored.bitwise_not()), ignored);
    }

    /// <summary>True at ignored pixels. Any other label outside the range is an error, or ignored too where labels are not checked.</summary>
    private static Tensor Separate(Tensor labels, Tensor isOutside, LabelRange range)
    {
        var ignored = range.IgnoreIndex is { } index ? AreEqual(labels, index) : zeros_like(isOutside);
        if (!range.ChecksLabels)
        {
            return ignored.bitwise_or(isOutside);
        }

        var isWrong = isOutside.bitwise_and(ignored.bitwise_not());
        if (range.Floats is { } floats)
        {
            FloatMask.ThrowAtFirst(isWrong, floats, range.Shape);
        }
        else
        {
            ThrowAtFirst(isWrong, labels, range.Shape, range.Name, range.Message);
        }

        return ignored;
    }

    /// <summary>True when every label is in 0..last and none is the ignore index: the common case, one pass.</summary>
    private static bool AllWithin(Tensor labels, LabelRange range, HostReads? reads)
    {
        if (labels.numel() == 0)
        {
            return true;
        }

        if (labels.dtype == ScalarType.Bool)
        {
            return range.IgnoreIndex is not (0 or 1);
        }

        var (min, max) = aminmax(labels);
        reads ??= new HostReads();
        var (first, last) = (reads.Add(min), reads.Add(max));
        return reads[first] >= 0 && reads[last] <= range.Last && !(range.IgnoreIndex >= reads[first] && range.IgnoreIndex <= reads[last]);
    }

    /// <summary>Bools in a byte of 0 or 1 each. Other bytes are true as well, but who reads memory by bytes must not meet them.</summary>
    private static Tensor Clean(Tensor bools) => bools.bitwise_not().bitwise_not_();
}
