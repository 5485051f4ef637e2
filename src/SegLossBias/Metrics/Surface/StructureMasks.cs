using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Masks of one class of one image, as plain memory.</summary>
internal static class StructureMasks
{
    internal static bool[] Predicted(LabelPair labels, int image, int @class) => Mask(labels.Prediction, labels.Mode, image, @class);

    internal static bool[] True(LabelPair labels, int image, int @class) => Mask(labels.Target, labels.Mode, image, @class);

    /// <summary>The axes of an image, of which there must be as many as spacings.</summary>
    internal static int[] Space(LabelPair labels, int axes)
    {
        var space = labels.Space.Length == axes + 1 && labels.Space[0] == 1 ? labels.Space[1..] : labels.Space;
        return space.Length == axes
            ? Size(space)
            : throw new ArgumentException($"spacingMm has {axes} values, but the images have {labels.Space.Length} axes of size {Shapes.Text(labels.Space)}; pass one spacing for each spatial axis.", "spacingMm");
    }

    /// <summary>The axes of an image without those of size 1 before it: what is one layer thick is flat.</summary>
    internal static int[] Flat(LabelPair labels) => Size([.. labels.Space.Take(labels.Space.Length - 1).SkipWhile(size => size == 1), labels.Space[^1]]);

    internal static int[] Size(long[] space) => Array.TrueForAll(space, size => size <= Array.MaxLength)
        ? [.. space.Select(size => (int)size)]
        : throw new ArgumentException($"a mask may have {Array.MaxLength} pixels with its border, but its shape is {Shapes.Text(space)}; crop it to the structure.", "prediction");

    /// <summary>Pixels of a class of an image that are not ignored.</summary>
    internal static long Valid(LabelPair labels, int image, int @class)
    {
        using var scope = NewDisposeScope();
        var ignored = labels.Ignored?.select(0, image);
        return Shapes.Product(labels.Space) - (ignored is null ? 0 : (ignored.dim() == 1 ? ignored : ignored.select(0, @class)).sum(ScalarType.Int64).cpu().item<long>());
    }

    private static bool[] Mask(Tensor labels, SegmentationMode mode, int image, int @class)
    {
        using var scope = NewDisposeScope();
        using var number = ((long)@class).ToScalar();
        var one = labels.select(0, image);
        return (mode == SegmentationMode.Multiclass ? one.eq(number) : one.select(0, @class)).cpu().contiguous().data<bool>().ToArray();
    }
}
