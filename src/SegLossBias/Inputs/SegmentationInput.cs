using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// Logits and labels after all checks: the only way into the library. Nothing below this type checks a shape,
/// a dtype, a device or a label again. Its tensors live in the dispose scope of the call that made it.
/// </summary>
internal sealed class SegmentationInput
{
    /// <summary>Logits [N,K,V], V the pixels of an image; float32, or float64 for float64 logits.</summary>
    internal required Tensor Logits { get; init; }

    /// <summary>Multiclass: int64 [N,V], 0 where ignored. Binary and multilabel: bool [N,K,V], false where ignored.</summary>
    internal required Tensor Labels { get; init; }

    /// <summary>True at ignored pixels, [N,V] (multiclass) or [N,K,V]; null when no pixel is ignored.</summary>
    internal required Tensor? Ignored { get; init; }

    internal required SegmentationMode Mode { get; init; }

    internal long Images => Logits.shape[0];

    internal long Classes => Logits.shape[1];

    internal long Pixels => Logits.shape[2];

    internal Device Device => Logits.device;

    internal static SegmentationInput Check(Tensor logits, Tensor target, SegmentationMode mode, long? ignoreIndex)
    {
        LogitsCheck.Run(logits, mode);
        var isOneHot = TargetCheck.Run(logits, target, mode);

        var (images, classes) = (logits.shape[0], logits.shape[1]);
        var labels = target.to(ScalarType.Int64);
        var flat = isOneHot || mode != SegmentationMode.Multiclass
            ? labels.reshape(images, classes, Flattened(logits))
            : labels.reshape(images, Flattened(logits));

        var (checkedLabels, ignored) = mode != SegmentationMode.Multiclass
            ? LabelCheck.Members(flat, target.shape, mode, ignoreIndex)
            : isOneHot
                ? LabelCheck.OneHot(flat, target.shape, ignoreIndex)
                : LabelCheck.Indices(flat, target.shape, classes, ignoreIndex);

        var wide = logits.dtype == ScalarType.Float64 ? logits : logits.to(ScalarType.Float32);
        return new SegmentationInput
        {
            Logits = wide.reshape(images, classes, Flattened(logits)),
            Labels = checkedLabels,
            Ignored = ignored,
            Mode = mode,
        };
    }

    /// <summary>Pixels of one image, spelled out because -1 is ambiguous for an empty batch.</summary>
    private static long Flattened(Tensor logits) => logits.shape[2..].Aggregate(1L, (product, size) => product * size);
}
