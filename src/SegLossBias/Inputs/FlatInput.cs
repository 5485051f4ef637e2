using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>A checked input in the shapes that tensor operations want, with the ignored pixels set apart.</summary>
internal sealed class FlatInput
{
    /// <summary>Logits [N,K,V], V the pixels of an image; float32, or float64 for float64 logits.</summary>
    internal required Tensor Logits { get; init; }

    /// <summary>Multiclass: int64 [N,V], 0 where ignored. Binary and multilabel: bool [N,K,V], false where ignored. Soft labels: the same as <see cref="Soft"/>.</summary>
    internal required Tensor Labels { get; init; }

    /// <summary>Soft labels [N,K,V] in the dtype of the logits here, 0 where ignored; null where labels are hard.</summary>
    internal Tensor? Soft { get; init; }

    /// <summary>True at ignored pixels, those of weight 0 too, [N,V] (multiclass) or [N,K,V]; null when no pixel is ignored.</summary>
    internal required Tensor? Ignored { get; init; }

    /// <summary>Weights [N,1,V], in multilabel mode also [N,K,V]; finite. Null for 1.</summary>
    internal Tensor? Weights { get; init; }

    /// <summary>Maps [N,K,V]; finite.</summary>
    internal IReadOnlyDictionary<string, Tensor> Maps { get; init; } = ImmutableDictionary<string, Tensor>.Empty;

    /// <summary>The instances, their numbers int64 [N,V] (multiclass) or [N,K,V].</summary>
    internal Instances? Instances { get; init; }

    internal required SegmentationMode Mode { get; init; }

    internal long Images => Logits.shape[0];

    internal long Classes => Logits.shape[1];

    internal long Pixels => Logits.shape[2];

    internal Device Device => Logits.device;

    internal bool IsExclusive => Mode == SegmentationMode.Multiclass;

    /// <summary><see cref="Ignored"/> for tensors [N,K,V]: [N,1,V] or [N,K,V].</summary>
    internal Tensor? IgnoredEntries => IsExclusive ? Ignored?.unsqueeze(1) : Ignored;

    /// <summary>How far each pixel is of one of exclusive classes, [N,1,V] in the dtype of the logits.</summary>
    internal Tensor Membership(int k)
    {
        using var scope = NewDisposeScope();
        using var number = ((long)k).ToScalar();
        return (Soft is null ? Labels.eq(number).to(Logits.dtype).unsqueeze(1) : Soft.narrow(1, k, 1)).MoveToOuterDisposeScope();
    }

    /// <exception cref="ArgumentException">A label is neither a class nor the ignore index, or another value of the target is wrong.</exception>
    internal static FlatInput Of(SegmentationInput input) => Of(input, input.ChecksLabels ? new HostReads() : null);

    /// <summary>The same again, of an input that has been checked: nothing waits for the device.</summary>
    /// <param name="input">The input.</param>
    /// <param name="hasIgnored">Whether a pixel is ignored; where none is, nothing looks for one.</param>
    internal static FlatInput Again(SegmentationInput input, bool hasIgnored)
    {
        if (hasIgnored)
        {
            return Of(input, reads: null);
        }

        var wide = Wide(input);
        var values = new PixelValues(input, wide.dtype, reads: null);
        return Make(input, wide, input.IsSoft ? Entries(input, input.Labels, wide.dtype) : LabelCheck.Trusted(input.Labels, input.Images, input.Pixels, input.Range), null, values);
    }

    /// <summary>Some of the pixels of each image.</summary>
    internal FlatInput Slice(long start, long length) => length == Pixels ? this : new()
    {
        Logits = Logits.narrow(2, start, length),
        Labels = Labels.narrow(-1, start, length),
        Soft = Soft?.narrow(2, start, length),
        Ignored = Ignored?.narrow(-1, start, length),
        Weights = Weights?.narrow(2, start, length),
        Maps = Maps.ToDictionary(map => map.Key, map => map.Value.narrow(2, start, length)),
        Instances = Instances is null ? null : Instances with { Numbers = Instances.Numbers.narrow(-1, start, length) },
        Mode = Mode,
    };

    /// <summary>Exclusive classes as channels on their own, each class against the rest.</summary>
    internal FlatInput AsChannels()
    {
        var ignored = Ignored?.unsqueeze(1).expand(Images, Classes, Pixels);
        return new() { Logits = Logits, Labels = Soft ?? OneHot(ignored), Soft = Soft, Ignored = ignored, Weights = Weights, Mode = SegmentationMode.Multilabel };
    }

    /// <summary>Hard labels of exclusive classes as bools [N,K,V], false where ignored.</summary>
    /// <param name="ignored">True at ignored pixels, [N,K,V].</param>
    private Tensor OneHot(Tensor? ignored)
    {
        using var scope = NewDisposeScope();
        var index = Labels.unsqueeze(1);
        var isTrueClass = zeros([Images, Classes, Pixels], ScalarType.Bool, Device).scatter_(1, index, ones([1, 1, 1], ScalarType.Bool, Device).expand_as(index));
        return (ignored is null ? isTrueClass : isTrueClass.bitwise_and_(ignored.bitwise_not())).MoveToOuterDisposeScope();
    }

    private static FlatInput Of(SegmentationInput input, HostReads? reads)
    {
        var wide = Wide(input);
        var values = new PixelValues(input, wide.dtype, reads);
        var range = input.Range with { ChecksLabels = reads is not null };
        var (labels, ignored) = input.IsSoft
            ? SoftLabelCheck.Flat(Entries(input, input.Labels, wide.dtype), input, reads, values.Weightless)
            : LabelCheck.Flat(input.Labels, input.Images, input.Pixels, range, reads, values.Weightless);
        return Make(input, wide, labels, values.Ignore(ignored), values);
    }

    private static FlatInput Make(SegmentationInput input, Tensor wide, Tensor labels, Tensor? ignored, PixelValues values) => new()
    {
        Logits = wide.reshape(input.Images, input.Classes, input.Pixels),
        Labels = labels,
        Soft = input.IsSoft ? labels : null,
        Ignored = ignored,
        Weights = values.Weights,
        Maps = values.Maps,
        Instances = input.Instances is not { } instances ? null : instances with
        {
            Numbers = input.Mode == SegmentationMode.Multiclass
                ? instances.Numbers.to(ScalarType.Int64).reshape(input.Images, input.Pixels)
                : instances.Numbers.to(ScalarType.Int64).reshape(input.Images, input.Classes, input.Pixels),
        },
        Mode = input.Mode,
    };

    private static Tensor Wide(SegmentationInput input) => input.Logits.dtype == ScalarType.Float64 ? input.Logits : input.Logits.to(ScalarType.Float32);

    private static Tensor Entries(SegmentationInput input, Tensor tensor, ScalarType dtype) => tensor.to(dtype).reshape(input.Images, input.Classes, input.Pixels);
}
