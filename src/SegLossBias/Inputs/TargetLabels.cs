using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>The labels of a target in the form that kernels and tensor operations read.</summary>
/// <param name="Labels">Integers or bools, not one-hot: the target itself, or a label map of the library's own.</param>
/// <param name="IgnoreIndex">The label of pixels to leave out, in that map.</param>
/// <param name="Shape">The shape in which the caller gave the labels, one-hot channels apart, for messages.</param>
/// <param name="Floats">The target where it is a mask of floats, for messages; else null.</param>
internal readonly record struct TargetLabels(Tensor Labels, long? IgnoreIndex, long[] Shape, Tensor? Floats)
{
    /// <param name="target">A target whose dtype and shape have been checked.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="isOneHot">Whether it is one-hot.</param>
    /// <param name="mode">How labels are read.</param>
    /// <param name="ignored">The labels of pixels to leave out.</param>
    /// <param name="checksLabels">Whether a pixel that is not one-hot is an error.</param>
    /// <exception cref="ArgumentException">The target holds class indices as floats, or should be one-hot and is not.</exception>
    internal static TargetLabels Of(Tensor target, long[] shape, bool isOneHot, SegmentationMode mode, IReadOnlyList<long> ignored, bool checksLabels)
    {
        if (isOneHot)
        {
            var (indices, leftOut) = OneHot.ToIndices(target, ignored, checksLabels);
            return new(indices, leftOut, [shape[0], .. shape[2..]], Floats: null);
        }

        if (!FloatMask.Is(target))
        {
            return ignored.Count <= 1
                ? new(target, ignored.Count == 1 ? ignored[0] : null, shape, Floats: null)
                : Joined(target, ignored) with { Shape = shape };
        }

        if (mode == SegmentationMode.Multiclass)
        {
            throw LabelKind.NotIntegers(target, nameof(target), LabelKind.RemedyForIndices);
        }

        var (labels, leftOutOfMask) = FloatMask.ToLabels(target, ignored);
        return new(labels, leftOutOfMask, shape, target);
    }

    /// <summary>One label in place of several, in a copy.</summary>
    private static TargetLabels Joined(Tensor target, IReadOnlyList<long> ignored)
    {
        var held = ignored.Where(index => LabelKind.Holds(target.dtype, index)).ToArray();
        if (held.Length == 0)
        {
            return new(target, null, target.shape, Floats: null);
        }

        var labels = target.clone();
        using var marker = held[0].ToScalar();
        foreach (var other in held.Skip(1))
        {
            labels.masked_fill_(LabelCheck.AreEqual(target, other), marker);
        }

        return new(labels, held[0], target.shape, Floats: null);
    }
}
