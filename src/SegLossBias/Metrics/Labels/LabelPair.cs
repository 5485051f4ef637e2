using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// Predicted and true labels after all checks: what the metrics read. Its tensors live in the dispose scope of the call
/// that made it. Ignored pixels belong to no class in either map.
/// </summary>
internal sealed class LabelPair
{
    private static readonly Scalar None = (-1L).ToScalar();
    private static readonly Scalar One = 1L.ToScalar();

    private readonly MetricLayout _layout;
    private readonly Tensor _prediction;
    private readonly Tensor _target;
    private readonly Tensor? _ignored;
    private readonly long[] _space;

    /// <param name="prediction">Int64 labels: multiclass [N,V], otherwise [N,K,V].</param>
    /// <param name="target">The same shape.</param>
    /// <param name="shape">The shape in which the caller knows the labels, for messages.</param>
    /// <param name="space">The axes after image and channel.</param>
    /// <param name="layout">How to read them.</param>
    private LabelPair(Tensor prediction, Tensor target, long[] shape, long[] space, MetricLayout layout)
    {
        var last = layout.Mode == SegmentationMode.Multiclass ? layout.Classes - 1 : 1;
        _ignored = Ignored(target, layout);
        LabelMapCheck.Range(target, _ignored, last, shape, nameof(target), "pass it as ignoreIndex if it marks pixels to leave out, or map the labels to the classes.");
        LabelMapCheck.Range(prediction, _ignored, last, shape, nameof(prediction), "map the labels to the classes, or state the right number of classes.");
        (_layout, _space) = (layout, space);
        (_prediction, _target) = (Known(prediction), Known(target));
    }

    private bool IsMulticlass => _layout.Mode == SegmentationMode.Multiclass;

    internal int Images => (int)_target.shape[0];

    /// <summary>Label maps [N,*] or [N,1,*], multilabel [N,K,*].</summary>
    internal static LabelPair OfMaps(Tensor prediction, Tensor target, MetricLayout layout)
    {
        LabelMapCheck.Maps(prediction, target);
        var shape = target.shape;
        var isMultilabel = layout.Mode == SegmentationMode.Multilabel;
        if (isMultilabel ? shape.Length < 3 || shape[1] != layout.Classes : shape.Length < 2)
        {
            throw new ArgumentException($"{layout.Mode} label maps must be {(isMultilabel ? $"[N, {layout.Classes}, *]" : "[N, *]")}, but their shape is {Shapes.Text(shape)}; add the missing axis with unsqueeze.", nameof(target));
        }

        long[] space = isMultilabel ? shape[2..] : shape[1..];
        return new(Flat(prediction, space, layout), Flat(target, space, layout), shape, space, layout);
    }

    /// <summary>Logits [N,K,*] and a target as the losses take it.</summary>
    internal static LabelPair OfLogits(Tensor logits, Tensor target, MetricLayout layout)
    {
        LogitsCheck.Run(logits, layout.Mode);
        if (logits.shape[1] != layout.Classes)
        {
            throw new ArgumentException($"logits must have {layout.Classes} channels, the classes of these metrics, but its shape is {Shapes.Text(logits.shape)}.", nameof(logits));
        }

        var isOneHot = TargetCheck.Run(logits, target, layout.Mode);
        using var zero = 0.0.ToScalar();
        var prediction = layout.Mode == SegmentationMode.Multiclass ? logits.argmax(1) : logits.gt(zero);
        long[] space = logits.shape[2..];
        var shape = isOneHot ? [target.shape[0], .. space] : target.shape;
        var labels = isOneHot ? Indices(target.to(ScalarType.Int64), shape, layout) : target;
        var flat = Flat(labels, space, layout);
        LabelMapCheck.Numbers(logits, Ignored(flat, layout));
        return new(Flat(prediction, space, layout), flat, shape, space, layout);
    }

    /// <summary>Two masks without an image axis.</summary>
    internal static LabelPair OfMasks(Tensor prediction, Tensor target)
    {
        LabelMapCheck.Maps(prediction, target);
        var layout = new MetricLayout(1, [0], SegmentationMode.Binary, ignoreIndex: null);
        var space = target.shape;
        return new(Flat(prediction.unsqueeze(0), space, layout), Flat(target.unsqueeze(0), space, layout), space, space, layout);
    }

    /// <summary>The axes of an image, of which there must be as many as spacings.</summary>
    internal int[] Space(int axes)
    {
        var space = _space.Length == axes + 1 && _space[0] == 1 ? _space[1..] : _space;
        return space.Length == axes
            ? Size(space)
            : throw new ArgumentException($"spacingMm has {axes} values, but the images have {_space.Length} axes of size {Shapes.Text(_space)}; pass one spacing for each spatial axis.", "spacingMm");
    }

    internal static int[] Size(long[] space) => [.. space.Select(size => checked((int)size))];

    internal bool[] PredictionMask(int image, int @class) => Mask(_prediction, image, @class);

    internal bool[] TargetMask(int image, int @class) => Mask(_target, image, @class);

    /// <summary>For each image, the counts of each selected class.</summary>
    internal OverlapCounts[][] Counts()
    {
        if (Images == 0)
        {
            return [];
        }

        using var scope = NewDisposeScope();
        var common = Sizes(IsMulticlass ? _target.masked_fill(_prediction.ne(_target), None) : _target.logical_and(_prediction));
        var (predicted, truth) = (Sizes(_prediction), Sizes(_target));
        var valid = Valid();
        return [.. Enumerable.Range(0, Images).Select(image => _layout.Selected.Select(@class =>
        {
            var cell = (image * _layout.Classes) + @class;
            return new OverlapCounts(common[cell], predicted[cell] - common[cell], truth[cell] - common[cell], valid[cell] - predicted[cell] - truth[cell] + common[cell]);
        }).ToArray())];
    }

    /// <summary>Pixels of each image and class, flat [N·K].</summary>
    private long[] Sizes(Tensor labels)
    {
        using var scope = NewDisposeScope();
        if (!IsMulticlass)
        {
            return labels.sum(2, type: ScalarType.Int64).cpu().data<long>().ToArray();
        }

        // One bin for each class of each image, and before them one for the ignored pixels, whose label is -1.
        // The factor of add is spelled out: the temporary Scalar of the shorter form may be freed while it is read.
        var bins = _layout.Classes + 1;
        var first = tensor(Enumerable.Range(0, Images).Select(image => 1 + ((long)image * bins)).ToArray(), [Images, 1], device: labels.device);
        var bin = labels.add(first, One);
        return bin.flatten().bincount(null, Images * bins).reshape(Images, bins).narrow(1, 1, bins - 1).cpu().contiguous().data<long>().ToArray();
    }

    /// <summary>Pixels that are not ignored, flat [N·K].</summary>
    private long[] Valid()
    {
        var all = _space.Aggregate(1L, (product, size) => product * size);
        var ignored = _ignored?.sum(-1, type: ScalarType.Int64).cpu().flatten().data<long>().ToArray();
        return [.. Enumerable.Range(0, Images * _layout.Classes).Select(cell => all - (ignored?[IsMulticlass ? cell / _layout.Classes : cell] ?? 0))];
    }

    private bool[] Mask(Tensor labels, int image, int @class)
    {
        using var scope = NewDisposeScope();
        using var number = ((long)@class).ToScalar();
        var one = labels.select(0, image);
        return (IsMulticlass ? one.eq(number) : one.select(0, @class)).cpu().contiguous().data<bool>().ToArray();
    }

    /// <summary>Int64 with −1 where ignored; in binary and multilabel mode bool, false where ignored.</summary>
    private Tensor Known(Tensor labels)
    {
        var known = _ignored is null ? labels : labels.masked_fill(_ignored, None);
        return IsMulticlass ? known : known.eq(One);
    }

    /// <summary>True where flat labels are the ignore index; null when there is none.</summary>
    private static Tensor? Ignored(Tensor labels, MetricLayout layout)
    {
        if (layout.IgnoreIndex is not { } index)
        {
            return null;
        }

        using var marker = index.ToScalar();
        return labels.eq(marker);
    }

    private static Tensor Flat(Tensor labels, long[] space, MetricLayout layout)
    {
        var pixels = space.Aggregate(1L, (product, size) => product * size);
        var images = labels.shape[0];
        return layout.Mode == SegmentationMode.Multiclass
            ? labels.to(ScalarType.Int64).reshape(images, pixels)
            : labels.to(ScalarType.Int64).reshape(images, layout.Classes, pixels);
    }

    /// <summary>One-hot [N,K,*] to class indices; all channels the ignore index is an ignored pixel.</summary>
    private static Tensor Indices(Tensor oneHot, long[] shape, MetricLayout layout)
    {
        using var marker = (layout.IgnoreIndex ?? -1).ToScalar();
        using var zero = 0L.ToScalar();
        var ones = oneHot.eq(One);
        var isOneHot = ones.logical_or(oneHot.eq(zero)).all(1).logical_and(ones.sum(1).eq(One));
        var isIgnored = oneHot.eq(marker).all(1).logical_and(isOneHot.logical_not());
        var isWrong = layout.IgnoreIndex is null ? isOneHot.logical_not() : isOneHot.logical_or(isIgnored).logical_not();
        if (isWrong.numel() > 0 && isWrong.any().cpu().item<bool>())
        {
            var first = isWrong.to(ScalarType.Byte).flatten().argmax().cpu().item<long>();
            throw new ArgumentException($"a target of the logits' shape must be one-hot, one 1 and {layout.Classes - 1} zeros in each pixel, but pixel {Shapes.Text(Shapes.Position(first, shape))} is not; pass class indices [N, *] instead.", "target");
        }

        return ones.to(ScalarType.Byte).argmax(1).masked_fill(isIgnored, marker);
    }
}
