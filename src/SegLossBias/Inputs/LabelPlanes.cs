using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// The labels of a checked target that comes without logits, as plain memory: one plane of pixels for each image, in
/// multilabel mode one for each channel of it. Its tensor lives in the dispose scope of the call that made it.
/// </summary>
internal sealed class LabelPlanes
{
    /// <summary>What stands at ignored pixels.</summary>
    internal const int Ignored = -1;

    private static readonly Scalar IgnoredScalar = ((long)Ignored).ToScalar();

    private readonly Tensor _labels;
    private readonly SegmentationMode _mode;

    private LabelPlanes(Tensor labels, long[] shape, SegmentationMode mode, Device device)
    {
        (_labels, _mode) = (labels, mode);
        (Images, Classes, Space, Device) = (shape[0], (int)shape[1], shape[2..], device);
    }

    internal long Images { get; }

    /// <summary>K.</summary>
    internal int Classes { get; }

    /// <summary>The axes of an image.</summary>
    internal long[] Space { get; }

    /// <summary>Pixels of an image.</summary>
    internal int Pixels => (int)Shapes.Product(Space);

    /// <summary>Where the target is.</summary>
    internal Device Device { get; }

    /// <summary>The planes of an image: K in multilabel mode, else 1.</summary>
    internal int Channels => _mode == SegmentationMode.Multilabel ? Classes : 1;

    /// <param name="target">Multiclass and binary: [N,*] or [N,1,*]; multilabel: [N,K,*].</param>
    /// <param name="classes">K.</param>
    /// <param name="mode">How labels are read.</param>
    /// <param name="ignored">The labels of pixels to leave out.</param>
    /// <exception cref="ArgumentException">The target breaks the contract of the losses.</exception>
    internal static LabelPlanes Of(Tensor target, int classes, SegmentationMode mode, IReadOnlyList<long> ignored)
    {
        LogitsCheck.Classes(classes, SettingCheck.Defined(mode, nameof(mode)));
        using var scope = NewDisposeScope();
        var own = OwnHandle.On(target, nameof(target));
        LabelKind.CheckTarget(own);
        LabelKind.HoldsValues(own, nameof(target));
        var shape = LabelMaps.LogitsShape(own, classes, mode, ignored);
        var pixels = Pixels32(shape[2..], nameof(target));
        var labels = TargetLabels.Of(own, own.shape, isOneHot: false, mode, ignored, checksLabels: true);
        var range = new LabelRange(nameof(target), mode, classes, labels.IgnoreIndex, ChecksLabels: true, labels.Shape, labels.Floats);
        var (flat, isIgnored) = LabelCheck.Flat(labels.Labels, shape[0], pixels, range);
        var numbers = flat.to(ScalarType.Int32);
        numbers = isIgnored is null ? numbers : numbers.masked_fill(isIgnored, IgnoredScalar);
        return new(numbers.cpu().contiguous().MoveToOuterDisposeScope(), shape, mode, own.device);
    }

    /// <summary>The pixels of an image, of which an array must be able to hold a number each.</summary>
    internal static int Pixels32(long[] space, string name)
    {
        var pixels = Shapes.Product(space);
        return pixels <= Array.MaxLength
            ? (int)pixels
            : throw new ArgumentException($"an image may have {Array.MaxLength} pixels, but those of {name} have {Shapes.Text(space)}; crop them.", name);
    }

    /// <summary>The labels where a class of an image is looked for: multiclass 0..K−1, else 0 and 1; −1 where ignored.</summary>
    internal ReadOnlySpan<int> Of(long image, int @class) => TensorMemory.Plane<int>(_labels, (image * Channels) + (Channels == 1 ? 0 : @class), Pixels);

    /// <summary>The label of a class in its plane.</summary>
    internal int LabelOf(int @class) => _mode == SegmentationMode.Multiclass ? @class : 1;
}
