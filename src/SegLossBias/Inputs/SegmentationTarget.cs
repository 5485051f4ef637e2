using System.Collections.Immutable;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// What a loss compares logits [N,K,*] with: labels, and if need be weights of the pixels, maps and instances. A tensor of labels
/// is one by itself, so that <c>loss.call(logits, labels)</c> needs no other type.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>labels, integers or bools</term><description>class indices [N,*] or [N,1,*]; one-hot [N,K,*] in multiclass mode; 0 and 1 in binary ([N,*] or [N,1,*]) and multilabel mode ([N,K,*])</description></item>
/// <item><term>soft labels, floats</term><description>y in [0, 1], how far a pixel is of a class: [N,K,*], in binary mode also [N,*]. In multiclass mode they add up to 1 in each pixel. Rounding is allowed, 0.001 (0.01 in half precision). A mask of 0 and 1 that is stored as floats is a soft label too, and gives what integers give</description></item>
/// <item><term>pixel weights</term><description>w ≥ 0: [N,*] or [N,1,*], in multilabel mode also [N,K,*]. Every sum over pixels becomes a weighted one, those in denominators too. A pixel with w = 0 is ignored</description></item>
/// <item><term>maps</term><description>finite numbers φ [N,K,*] by name, for losses that read them, such as a signed distance map</description></item>
/// <item><term>instances</term><description>int ids [N,*] or [N,1,*], in multilabel mode [N,K,*]: 0 for none, else from 1 in each image, where the channels may go on counting or begin anew; for losses over instances. Not with soft labels</description></item>
/// </list>
/// All are on the device of the logits. The tensors are the caller's: they are kept, not copied, and checked when a loss reads
/// them. Immutable; the methods return a new target.
/// </remarks>
/// <example><code>
/// var target = new SegmentationTarget(labels).WithPixelWeights(weights);
/// using var loss = criterion.call(logits, target);
/// </code></example>
public sealed class SegmentationTarget
{
    private ImmutableSortedDictionary<string, Tensor> _maps = ImmutableSortedDictionary.Create<string, Tensor>(StringComparer.Ordinal);

    private ImmutableDictionary<string, MapUnit> _units = ImmutableDictionary.Create<string, MapUnit>(StringComparer.Ordinal);

    /// <summary>A target of labels alone.</summary>
    /// <param name="labels">Hard or soft labels.</param>
    public SegmentationTarget(Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        Labels = labels;
    }

    private SegmentationTarget(SegmentationTarget other) =>
        (Labels, PixelWeights, InstanceIds, _maps, _units) = (other.Labels, other.PixelWeights, other.InstanceIds, other._maps, other._units);

    /// <summary>The labels.</summary>
    public Tensor Labels { get; private init; }

    /// <summary>The weights of the pixels; null for 1.</summary>
    public Tensor? PixelWeights { get; private init; }

    /// <summary>The ids of the instances; null where there are none.</summary>
    public Tensor? InstanceIds { get; private init; }

    /// <summary>The maps by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Maps => _maps;

    /// <summary>Labels are a target.</summary>
    /// <param name="labels">Hard or soft labels.</param>
    public static implicit operator SegmentationTarget(Tensor labels) => new(labels);

    /// <summary>The same as the conversion, for languages without it.</summary>
    /// <param name="labels">Hard or soft labels.</param>
    public static SegmentationTarget FromTensor(Tensor labels) => new(labels);

    /// <summary>The same target with weights for its pixels.</summary>
    /// <param name="weights">w ≥ 0, floats, integers or bools.</param>
    public SegmentationTarget WithPixelWeights(Tensor weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new(this) { PixelWeights = weights };
    }

    /// <summary>The same target with one more map, or another one of this name.</summary>
    /// <param name="name">By which losses ask for it.</param>
    /// <param name="map">φ [N,K,*], floats.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public SegmentationTarget WithMap(string name, Tensor map) => WithMap(name, map, MapUnit.None);

    /// <summary>The same target with one more map of distances, or another one of this name.</summary>
    /// <param name="name">By which losses ask for it.</param>
    /// <param name="map">φ [N,K,*], floats.</param>
    /// <param name="unit">What its numbers are; <see cref="DeepSupervision"/> reads it.</param>
    /// <exception cref="ArgumentException">The name is empty, or there is no such unit.</exception>
    public SegmentationTarget WithMap(string name, Tensor map, MapUnit unit)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(map);

        // SetItem would compare the numbers of both.
        return new(this) { _maps = _maps.Remove(name).Add(name, map), _units = _units.SetItem(name, SettingCheck.Defined(unit, nameof(unit))) };
    }

    /// <summary>The same target with instances.</summary>
    /// <param name="ids">Integers: 0 for none, else 1, 2, … in each image.</param>
    public SegmentationTarget WithInstances(Tensor ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return new(this) { InstanceIds = ids };
    }

    /// <summary>Whether there is nothing beside the labels.</summary>
    internal bool HasLabelsAlone => PixelWeights is null && InstanceIds is null && _maps.IsEmpty;

    /// <summary>What the numbers of a map are.</summary>
    internal MapUnit UnitOf(string map) => _units.GetValueOrDefault(map);

    /// <summary>The same but for the labels.</summary>
    internal SegmentationTarget WithLabels(Tensor labels) => new(this) { Labels = labels };
}
