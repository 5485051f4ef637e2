using TorchSharp;
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
    /// <param name="distances">The maps that are read as distances, whose unit must be known where they get another size.</param>
    /// <exception cref="ArgumentException">A map of distances has no unit, or is in pixels whose sides shrink by different factors.</exception>
    internal static SegmentationTarget To(SegmentationTarget target, long[] logits, NearestRule rule, IReadOnlyCollection<string> distances)
    {
        var (space, labels) = (logits[2..], OwnHandle.On(target.Labels, nameof(target)));
        Tensor Resized(Tensor given) => OwnHandle.On(given, nameof(target)) is var own && HaveOneSpace(own, labels, space.Length) ? Resize(own, space, rule) : own;
        var resized = target.WithLabels(Resize(labels, space, rule));
        resized = target.PixelWeights is { } weights ? resized.WithPixelWeights(Resized(weights)) : resized;
        resized = target.InstanceIds is { } ids ? resized.WithInstances(Resized(ids)) : resized;
        return target.Maps.Aggregate(resized, (partial, map) =>
        {
            var unit = target.UnitOf(map.Key);
            var factor = Factor(OwnHandle.On(map.Value, nameof(target)).shape, logits, unit, map.Key, distances);
            var own = Resized(map.Value);
            return partial.WithMap(map.Key, factor == 1 ? own : (FloatMask.Is(own) ? own : own.to(ScalarType.Float32)).Times(factor), unit);
        });
    }

    /// <summary>By what the numbers of a map are multiplied: for distances in pixels the mean over the axes of new by old size, else 1.</summary>
    private static double Factor(long[] map, long[] logits, MapUnit unit, string name, IReadOnlyCollection<string> distances)
    {
        var space = logits.Length - 2;
        if (map.Length <= space || map.AsSpan(map.Length - space).SequenceEqual(logits.AsSpan(2)) || unit == MapUnit.Millimetres || map.Contains(0))
        {
            return 1;
        }

        if (unit == MapUnit.None)
        {
            return !distances.Contains(name) ? 1 : throw new ArgumentException(
                $"the map '{name}' is read as distances, and for an output of another size those in pixels are scaled and those in mm are not, but its unit is not stated; state it with WithMap(\"{name}\", map, MapUnit.Pixels) or MapUnit.Millimetres, or give a target for each output.", "target");
        }

        // A size is rounded to whole pixels, so that axes shrink alike where one factor is within a pixel of each.
        var axes = map[^space..].Zip(logits[2..], (from, to) => (Least: (to - 1.0) / from, Factor: (double)to / from, Most: (to + 1.0) / from)).ToArray();
        return axes.Max(axis => axis.Least) < axes.Min(axis => axis.Most) ? axes.Average(axis => axis.Factor) : throw new ArgumentException(
            $"distances in pixels can be scaled if all axes shrink alike, but the map '{name}' is {Shapes.Text(map[^space..])} and the output {Shapes.Text(logits[2..])}; give distances in mm with MapUnit.Millimetres, or a target for each output.", "target");
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
