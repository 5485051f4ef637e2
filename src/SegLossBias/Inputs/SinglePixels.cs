using System.Collections.Immutable;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>An input in which each pixel is an image of its own, so that sums over an image are those of its pixels.</summary>
internal static class SinglePixels
{
    /// <summary>[N,K,*] becomes [N·V,K,1], likewise labels, weights and maps. Gradients flow back to the logits of the input.</summary>
    /// <param name="input">An input whose values have been checked: the places in messages would be those of the new shape.</param>
    internal static SegmentationInput Of(SegmentationInput input)
    {
        var (images, pixels) = (input.Images, input.Pixels);
        Tensor Split(Tensor tensor)
        {
            var channels = tensor.shape[1];
            return tensor.reshape(images, channels, pixels).transpose(1, 2).reshape(images * pixels, channels, 1);
        }

        return input with
        {
            Logits = Split(input.Logits),
            Labels = input.IsSoft || input.Mode == SegmentationMode.Multilabel ? Split(input.Labels) : input.Labels.reshape(images * pixels, 1),
            Weights = input.Weights is { } weights ? Split(weights) : null,
            Maps = input.Maps.ToImmutableSortedDictionary(map => map.Key, map => Split(map.Value), StringComparer.Ordinal),
            Pixels = 1,
        };
    }
}
