using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Learning;

/// <summary>Makes of labels the target that a loss reads: with distance maps for a boundary loss, with connected components for blob-wise Dice.</summary>
/// <param name="loss">The loss.</param>
/// <param name="classes">Channels of the logits.</param>
internal sealed class TargetMaps(SegmentationLoss loss, int classes)
{
    private readonly string[] _maps = [.. loss.Terms.Select(term => term.Term).OfType<Boundary>().Select(boundary => boundary.Map).Distinct()];
    private readonly bool _hasInstances = loss.Terms.Any(term => term.Term is BlobDice);

    /// <summary>The target of these labels. Maps are made on the CPU, in pixels.</summary>
    internal SegmentationTarget Of(Tensor labels)
    {
        var target = new SegmentationTarget(labels);
        if (_maps.Length > 0)
        {
            var distances = SignedDistanceMap.Compute(labels, classes, loss.Mode, loss.IgnoreIndex);
            target = _maps.Aggregate(target, (partial, map) => partial.WithMap(map, distances));
        }

        return _hasInstances ? target.WithInstances(ConnectedComponents.Compute(labels, classes, loss.Mode, loss.IgnoreIndex)) : target;
    }
}
