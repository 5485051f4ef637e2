using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// Logits and labels whose shapes, dtypes and devices fit: the only way into the library. The values of the labels are
/// checked where they are first read. Its tensors live in the dispose scope of the call that made it.
/// </summary>
internal sealed record SegmentationInput
{
    /// <summary>Logits [N,K,*] as given.</summary>
    internal required Tensor Logits { get; init; }

    /// <summary>Integers or bools. Multiclass and binary: [N,*] or [N,1,*]; multilabel: [N,K,*]. Soft labels: floats [N,K,*].</summary>
    internal required Tensor Labels { get; init; }

    /// <summary>Whether the labels are soft: how far, 0 to 1, a pixel is of each class.</summary>
    internal bool IsSoft { get; init; }

    /// <summary>By how much soft labels may be off; their type may have become wider since they were given.</summary>
    internal double SoftTolerance { get; init; } = SoftLabelTolerance.Usual;

    /// <summary>Weights w ≥ 0 of the pixels: floats [N,1,*], in multilabel mode also [N,K,*]; null for 1. A pixel with w = 0 is ignored.</summary>
    internal Tensor? Weights { get; init; }

    /// <summary>Maps φ: floats [N,K,*].</summary>
    internal ImmutableSortedDictionary<string, Tensor> Maps { get; init; } = ImmutableSortedDictionary.Create<string, Tensor>(StringComparer.Ordinal);

    /// <summary>The instances; null where there are none, as with soft labels.</summary>
    internal Instances? Instances { get; init; }

    /// <summary>The shape in which the caller gave the labels, one-hot channels apart, for messages.</summary>
    internal required long[] LabelShape { get; init; }

    /// <summary>The target where it is a mask of floats, for messages; else null.</summary>
    internal Tensor? Floats { get; init; }

    internal required SegmentationMode Mode { get; init; }

    /// <summary>The label of pixels to leave out; of a one-hot target and of floats, that in their label map.</summary>
    internal required long? IgnoreIndex { get; init; }

    /// <summary>Whether a label that is neither a class nor the ignore index is an error; else its pixel is ignored.</summary>
    internal required bool ChecksLabels { get; init; }

    internal long Images => Logits.size(0);

    internal long Classes => Logits.size(1);

    /// <summary>B, how many instances an image has at most.</summary>
    internal int InstanceCount => Instances?.Count ?? 0;

    /// <summary>All tensors but the logits, in a fixed order: what a node of the graph saves.</summary>
    internal Tensor[] Target =>
    [
        Labels, .. Weights is null ? (Tensor[])[] : [Weights], .. Maps.Values,
        .. Instances is null ? (Tensor[])[] : [Instances.Numbers, Instances.Classes],
    ];

    /// <summary>Pixels of one image.</summary>
    internal required long Pixels { get; init; }

    /// <summary>Which labels there may be.</summary>
    internal LabelRange Range => new("target", Mode, Classes, IgnoreIndex, ChecksLabels, LabelShape, Floats);

    /// <summary>The ids of the instances as given; null where there are none.</summary>
    private Tensor? InstanceIds { get; init; }

    /// <summary>The same input in other tensors with the same numbers.</summary>
    /// <param name="logits">The logits.</param>
    /// <param name="target">As <see cref="Target"/> has them.</param>
    internal SegmentationInput With(Tensor logits, Tensor[] target)
    {
        var next = 1;
        return this with
        {
            Logits = logits,
            Labels = target[0],
            Weights = Weights is null ? null : target[next++],
            Maps = Maps.IsEmpty ? Maps : Maps.ToImmutableSortedDictionary(map => map.Key, _ => target[next++], StringComparer.Ordinal),
            Instances = Instances is null ? null : new(target[next++], target[next++], Instances.Count),
            InstanceIds = null,
        };
    }

    /// <summary>The input of a loss that reads these maps, and instances if it says so. What it does not read is left out.</summary>
    /// <exception cref="ArgumentException">The target lacks what is read, or the instances are wrong.</exception>
    internal SegmentationInput Read(IReadOnlyCollection<string> maps, bool instances)
    {
        foreach (var map in maps.Where(map => !Maps.ContainsKey(map)))
        {
            throw new ArgumentException($"the loss reads a map '{map}' of the target, but the target has {(Maps.Count == 0 ? "no map" : $"only {string.Join(", ", Maps.Keys)}")}; give it with new SegmentationTarget(labels).WithMap(\"{map}\", map).", "target");
        }

        return !instances && Maps.Count == maps.Count ? this : this with
        {
            Maps = Maps.RemoveRange(Maps.Keys.Except(maps)),
            Instances = !instances ? null
                : InstanceIds is { } ids ? InstanceNumbers.Of(ids, this)
                : throw new ArgumentException("the loss reads the instances of the target, but the target has none; give them with new SegmentationTarget(labels).WithInstances(ids), for example of ConnectedComponents.", "target"),
        };
    }

    /// <summary>The input of a loss. Floats are soft labels.</summary>
    /// <exception cref="ArgumentException">Logits or target break the contract, their values apart; or there is no such mode.</exception>
    internal static SegmentationInput Of(Tensor logits, SegmentationTarget target, SegmentationMode mode, IReadOnlyList<long> ignored, bool checksLabels = true)
    {
        ArgumentNullException.ThrowIfNull(target);
        var (ownLogits, ownLabels) = Handles(logits, target.Labels, mode);
        var input = FloatMask.Is(ownLabels) ? OfSoftLabels(ownLogits, ownLabels, mode, ignored, checksLabels) : OfHardLabels(ownLogits, ownLabels, mode, ignored, checksLabels);
        return target.HasLabelsAlone ? input : input.WithParts(target);
    }

    /// <summary>The input of a metric, or of a loss with hard labels. Floats must be masks of 0 and 1.</summary>
    /// <exception cref="ArgumentException">Logits or target break the contract, their values apart; or there is no such mode.</exception>
    internal static SegmentationInput Check(Tensor logits, Tensor target, SegmentationMode mode, IReadOnlyList<long> ignored, bool checksLabels = true)
    {
        var (ownLogits, ownTarget) = Handles(logits, target, mode);
        return OfHardLabels(ownLogits, ownTarget, mode, ignored, checksLabels);
    }

    private SegmentationInput WithParts(SegmentationTarget target) => this with
    {
        Weights = target.PixelWeights is { } weights ? TargetParts.Weights(weights, this) : null,
        Maps = target.Maps.ToImmutableSortedDictionary(map => map.Key, map => TargetParts.Map(map.Key, map.Value, this), StringComparer.Ordinal),
        InstanceIds = target.InstanceIds is { } ids ? TargetParts.InstanceIds(ids, this) : null,
    };

    private static (Tensor Logits, Tensor Target) Handles(Tensor logits, Tensor target, SegmentationMode mode)
    {
        var ownLogits = OwnHandle.On(logits, nameof(logits));
        var ownTarget = OwnHandle.On(target, nameof(target));
        _ = SettingCheck.Defined(mode, nameof(mode));
        LogitsCheck.Run(ownLogits, mode);
        return (ownLogits, ownTarget);
    }

    private static SegmentationInput OfHardLabels(Tensor logits, Tensor target, SegmentationMode mode, IReadOnlyList<long> ignored, bool checksLabels)
    {
        var (shape, given) = (logits.shape, target.shape);
        LabelKind.CheckTarget(target);
        LabelKind.SameDevice(target, logits, nameof(logits));
        var isOneHot = TargetShape.Check(shape, given, mode);
        var labels = TargetLabels.Of(target, given, isOneHot, mode, ignored, checksLabels);
        return new SegmentationInput
        {
            // A view spares a leaf a copy of its gradient.
            Logits = logits.view(shape),
            Labels = labels.Labels,
            LabelShape = labels.Shape,
            Floats = labels.Floats,
            Mode = mode,
            IgnoreIndex = labels.IgnoreIndex,
            ChecksLabels = checksLabels,
            Pixels = Shapes.Product(shape.AsSpan(2)),
        };
    }

    private static SegmentationInput OfSoftLabels(Tensor logits, Tensor target, SegmentationMode mode, IReadOnlyList<long> ignored, bool checksLabels)
    {
        var shape = logits.shape;
        var (labels, ignoreIndex) = SoftTarget.Of(target, logits, mode, ignored);
        return new SegmentationInput
        {
            Logits = logits.view(shape),
            Labels = labels,
            IsSoft = true,
            SoftTolerance = target.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? SoftLabelTolerance.Half : SoftLabelTolerance.Usual,
            LabelShape = target.shape,
            Mode = mode,
            IgnoreIndex = ignoreIndex,
            ChecksLabels = checksLabels,
            Pixels = Shapes.Product(shape.AsSpan(2)),
        };
    }
}
