using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>From the ids of a target to instances that stand in columns side by side.</summary>
internal static class InstanceNumbers
{
    /// <summary>Numbers of instances stand beside those of classes for each image.</summary>
    private const long MostInstances = 1 << 16;
    private static readonly Scalar Zero = 0L.ToScalar();
    private static readonly Scalar One = 1L.ToScalar();

    /// <summary>
    /// The instances of an input. There is room for a power of two, so that batches with a few more or less do not need formulas of
    /// their own. Waits for the device.
    /// </summary>
    /// <param name="ids">Integers [N,*], in multilabel mode [N,K,*].</param>
    /// <param name="input">The input to which they belong.</param>
    /// <exception cref="ArgumentException">An id is negative or too large, or an instance is of several classes or of none.</exception>
    internal static Instances Of(Tensor ids, SegmentationInput input)
    {
        if (input.IsSoft)
        {
            throw new ArgumentException("instances need hard labels, which say of which class each one is, but the labels are floats; pass class indices or masks of integers.", "target");
        }

        using var scope = NewDisposeScope();
        var (images, channels) = (input.Images, input.Mode == SegmentationMode.Multilabel ? input.Classes : 1);
        var wide = ids.to(ScalarType.Int64).reshape(images, channels, input.Pixels);
        var most = Most(wide, ids);
        var room = (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(1, most));
        if (room * channels > MostInstances)
        {
            throw new ArgumentException($"there may be room for {MostInstances} instances in an image, but the largest id is {most} in {channels} channels; number the instances of each channel anew from 1.", "target");
        }

        var isNone = wide.eq(Zero);
        var offsets = zeros([1, channels, 1], ScalarType.Int64, ids.device);
        for (var k = 1L; k < channels; k++)
        {
            using var first = (k * room).ToScalar();
            offsets.select(1, k).fill_(first);
        }

        using var none = (-1L).ToScalar();
        var numbers = wide.Plus(offsets).sub(One).masked_fill(isNone, none);
        var classes = input.Mode == SegmentationMode.Multiclass ? OfLabels(numbers, isNone, room, ids, input) : OfChannels(numbers, isNone, room, ids, input);
        return new(numbers.to(ScalarType.Int32).reshape(ids.shape).MoveToOuterDisposeScope(), classes.MoveToOuterDisposeScope(), (int)(room * channels));
    }

    private static long Most(Tensor wide, Tensor ids)
    {
        if (wide.numel() == 0)
        {
            return 0;
        }

        var (min, max) = aminmax(wide);
        var found = stack([min, max]).cpu().data<long>().ToArray();
        if (found[0] < 0)
        {
            LabelCheck.ThrowAtFirst(wide.lt(Zero), wide, ids.shape, "target", (id, position) =>
                $"instance ids are 0 for none, else 1, 2, … in each image, but {id} occurs at {position}; write 0 where there is no instance.");
        }

        return found[1] <= MostInstances ? found[1] : throw new ArgumentException($"instance ids are counted from 1 in each image and may be at most {MostInstances}, but {found[1]} occurs; number them anew, for example with ConnectedComponents.", "target");
    }

    /// <summary>The class of an instance is the label of its pixels.</summary>
    private static Tensor OfLabels(Tensor numbers, Tensor isNone, long room, Tensor ids, SegmentationInput input)
    {
        var labels = input.Labels.to(ScalarType.Int64).reshape(input.Images, -1);
        var isIgnored = input.IgnoreIndex is { } index ? LabelCheck.AreEqual(labels, index) : zeros_like(labels, dtype: ScalarType.Bool);
        using var last = (input.Classes - 1).ToScalar();

        // Wrong labels are named where labels are read.
        var isCounted = isNone.squeeze(1).bitwise_or(isIgnored).bitwise_or(Weightless(input)).bitwise_or(labels.lt(Zero)).bitwise_or(labels.gt(last)).bitwise_not();
        var places = numbers.squeeze(1).Plus(One2D(numbers)).mul(isCounted.to(ScalarType.Int64));
        var classes = zeros([input.Images, room + 1], ScalarType.Int64, ids.device).scatter_(1, places, labels.mul(isCounted.to(ScalarType.Int64)));
        if (input.ChecksLabels)
        {
            var isOther = classes.gather(1, places).ne(labels).bitwise_and(isCounted);
            LabelCheck.ThrowAtFirst(isOther, labels, ids.shape, "target", (label, position) =>
                $"all pixels of an instance have one class, but that at {position} has class {label} and others of its instance another; number the components of each class by themselves, for example with ConnectedComponents.");
        }

        return classes.narrow(1, 1, room).contiguous();
    }

    /// <summary>Where a pixel weighs nothing, and may hold any label: [N,V].</summary>
    private static Tensor Weightless(SegmentationInput input) => input.Weights is { } weights
        ? weights.IsZero().reshape(input.Images, -1)
        : zeros([1, 1], ScalarType.Bool, input.Logits.device);

    private static Tensor One2D(Tensor like) => ones([1, 1], ScalarType.Int64, like.device);

    /// <summary>The class of an instance is its channel.</summary>
    private static Tensor OfChannels(Tensor numbers, Tensor isNone, long room, Tensor ids, SegmentationInput input)
    {
        if (input.ChecksLabels)
        {
            var labels = input.Labels.reshape(numbers.shape);
            var isBackground = LabelCheck.AreEqual(labels, 0).bitwise_and(isNone.bitwise_not());
            if (input.Weights is { } weights)
            {
                isBackground = isBackground.bitwise_and(weights.IsZero().reshape(input.Images, -1, input.Pixels).bitwise_not());
            }

            if (input.IgnoreIndex is { } index)
            {
                isBackground = isBackground.bitwise_and(LabelCheck.AreEqual(labels, index).bitwise_not());
            }

            LabelCheck.ThrowAtFirst(isBackground, numbers, ids.shape, "target", (_, position) =>
                $"an instance is part of the foreground, but the pixel at {position} has an id and is labelled 0; write the id 0 there.");
        }

        var channels = numbers.shape[1];
        var classes = new long[channels * room];
        for (var i = 0; i < classes.Length; i++)
        {
            classes[i] = i / room;
        }

        return tensor(classes, [1, classes.Length], ScalarType.Int64, ids.device).expand(input.Images, classes.Length);
    }
}
