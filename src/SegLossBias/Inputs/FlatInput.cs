using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>A checked input in the shapes that tensor operations want, with the ignored pixels set apart.</summary>
internal sealed class FlatInput
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

    /// <exception cref="ArgumentException">A label is neither a class nor the ignore index.</exception>
    internal static FlatInput Of(SegmentationInput input)
    {
        var (checkedLabels, ignored) = LabelCheck.Flat(input.Labels, input.Images, input.Pixels, input.Range);
        var wide = input.Logits.dtype == ScalarType.Float64 ? input.Logits : input.Logits.to(ScalarType.Float32);
        return new FlatInput
        {
            Logits = wide.reshape(input.Images, input.Classes, input.Pixels),
            Labels = checkedLabels,
            Ignored = ignored,
            Mode = input.Mode,
        };
    }
}
