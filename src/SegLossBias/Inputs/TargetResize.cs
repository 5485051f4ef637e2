using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>A target in the size of other logits: labels, weights, maps and instances alike, pixel by pixel and none of them mixed.</summary>
internal static class TargetResize
{
    /// <summary>
    /// The target for logits of this shape. What has the size already stays as it is. So does what has too few axes, or another size
    /// than the labels: the loss refuses it.
    /// </summary>
    /// <param name="target">A target of another size.</param>
    /// <param name="logits">[N, K, *].</param>
    /// <param name="rule">Which pixel is the nearest.</param>
    internal static SegmentationTarget To(SegmentationTarget target, long[] logits, NearestRule rule)
    {
        var (space, labels) = (logits[2..], OwnHandle.On(target.Labels, nameof(target)));
        Tensor Resized(Tensor given) => OwnHandle.On(given, nameof(target)) is var own && HaveOneSpace(own, labels, space.Length) ? Resize(own, space, rule) : own;
        var resized = target.WithLabels(Resize(labels, space, rule));
        resized = target.PixelWeights is { } weights ? resized.WithPixelWeights(Resized(weights)) : resized;
        resized = target.InstanceIds is { } ids ? resized.WithInstances(Resized(ids)) : resized;
        return target.Maps.Aggregate(resized, (partial, map) => partial.WithMap(map.Key, Resized(map.Value)));
    }

    /// <summary>The pixel that each of so many takes. In float32, as libtorch has it.</summary>
    internal static long[] Places(long from, long to, NearestRule rule)
    {
        var scale = (float)from / to;
        var shift = rule == NearestRule.Nearest ? 0 : 0.5f;
        return [.. Enumerable.Range(0, checked((int)to)).Select(index => Math.Min((long)MathF.Floor((index + shift) * scale), from - 1))];
    }

    private static bool HaveOneSpace(Tensor part, Tensor labels, int axes) =>
        part.dim() >= axes && labels.dim() >= axes && part.shape.AsSpan()[^axes..].SequenceEqual(labels.shape.AsSpan()[^axes..]);

    private static Tensor Resize(Tensor tensor, long[] space, NearestRule rule)
    {
        var first = tensor.dim() - space.Length;
        for (var axis = 0; axis < space.Length && first >= 1; axis++)
        {
            var (from, to) = (tensor.shape[first + axis], space[axis]);
            if (from != to && from > 0)
            {
                tensor = tensor.index_select(first + axis, Index(Places(from, to, rule), tensor.device));
            }
        }

        return tensor;
    }

    private static Tensor Index(long[] places, Device device) => tensor(places, ScalarType.Int64, device);
}
