using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Targets of floats: how far, 0 to 1, a pixel is of each class. Their values are checked where they are first read.</summary>
internal static class SoftTarget
{
    /// <summary>What stands in pixels to leave out where several labels say so.</summary>
    private const long Marker = -1;
    private static readonly Scalar MarkerScalar = Marker.ToScalar();

    /// <summary>Labels [N,K,*], and what stands in pixels to leave out: in all channels of exclusive classes, else in the entry.</summary>
    /// <param name="labels">Floats.</param>
    /// <param name="logits">[N,K,*].</param>
    /// <param name="mode">How the logits are read.</param>
    /// <param name="ignored">The labels to leave out.</param>
    /// <exception cref="ArgumentException">Shape, layout or device do not fit.</exception>
    internal static (Tensor Labels, long? IgnoreIndex) Of(Tensor labels, Tensor logits, SegmentationMode mode, IReadOnlyList<long> ignored)
    {
        LabelKind.CheckTarget(labels);
        LabelKind.SameDevice(labels, logits, nameof(logits));
        var (shape, given) = (logits.shape, labels.shape);
        var isWhole = TargetShape.Check(shape, given, mode) || given.AsSpan().SequenceEqual(shape);
        if (!isWhole && mode == SegmentationMode.Multiclass)
        {
            throw LabelKind.NotIntegers(labels, "target", "soft labels have a channel for each class, [N, K, *], and class indices that were stored as floats must be rounded to integers first");
        }

        var soft = (isWhole ? labels : labels.reshape(shape)).detach();
        ignored = [.. ignored.Where(index => LabelKind.Holds(labels.dtype, index))];
        return ignored.Count > 1 ? (soft.masked_fill(IsIgnored(soft, mode, ignored), MarkerScalar), Marker) : (soft, ignored.Count == 1 ? ignored[0] : null);
    }

    /// <summary>True at pixels to leave out: [N,1,*] for exclusive classes, else [N,K,*].</summary>
    private static Tensor IsIgnored(Tensor soft, SegmentationMode mode, IReadOnlyList<long> ignored)
    {
        var all = zeros_like(mode == SegmentationMode.Multiclass ? soft.narrow(1, 0, 1) : soft, dtype: ScalarType.Bool);
        foreach (var index in ignored)
        {
            var isIndex = LabelCheck.AreEqual(soft, index);
            all.bitwise_or_(mode == SegmentationMode.Multiclass ? isIndex.all(1, keepdim: true) : isIndex);
            if (mode == SegmentationMode.Multiclass && index >= 0 && index < soft.shape[1])
            {
                all.bitwise_or_(LabelCheck.AreEqual(soft.narrow(1, index, 1), 1));
            }
        }

        return all;
    }
}
