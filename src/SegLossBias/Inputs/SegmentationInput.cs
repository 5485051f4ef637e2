using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// Logits and labels whose shapes, dtypes and devices fit: the only way into the library. The values of the labels are
/// checked where they are first read. Its tensors live in the dispose scope of the call that made it.
/// </summary>
internal sealed class SegmentationInput
{
    /// <summary>Logits [N,K,*] as given.</summary>
    internal required Tensor Logits { get; init; }

    /// <summary>Integers or bools. Multiclass and binary: [N,*] or [N,1,*]; multilabel: [N,K,*].</summary>
    internal required Tensor Labels { get; init; }

    /// <summary>The shape in which the caller gave the labels, one-hot channels apart, for messages.</summary>
    internal required long[] LabelShape { get; init; }

    internal required SegmentationMode Mode { get; init; }

    /// <summary>The label of pixels to leave out; of a one-hot target, that in its label map.</summary>
    internal required long? IgnoreIndex { get; init; }

    /// <summary>Whether a label that is neither a class nor the ignore index is an error; else its pixel is ignored.</summary>
    internal required bool ChecksLabels { get; init; }

    internal long Images => Logits.size(0);

    internal long Classes => Logits.size(1);

    /// <summary>Pixels of one image.</summary>
    internal required long Pixels { get; init; }

    internal static SegmentationInput Check(Tensor logits, Tensor target, SegmentationMode mode, long? ignoreIndex, bool checksLabels = true)
    {
        LogitsCheck.Run(logits, mode);
        var isOneHot = TargetCheck.Run(logits, target, mode);
        var shape = logits.shape;

        // Spelled out because -1 is ambiguous for an empty batch.
        var pixels = shape[2..].Aggregate(1L, (product, size) => product * size);
        // A label map of the library's own where the target is one-hot.
        var (labels, ignored) = isOneHot ? LabelCheck.FromOneHot(target, ignoreIndex, checksLabels) : (target.alias(), ignoreIndex);
        return new SegmentationInput
        {
            // Handles of its own: the caller may dispose theirs meanwhile.
            Logits = logits.view(shape),
            Labels = labels,
            LabelShape = isOneHot ? [shape[0], .. shape[2..]] : target.shape,
            Mode = mode,
            IgnoreIndex = ignored,
            ChecksLabels = checksLabels,
            Pixels = pixels,
        };
    }
}
