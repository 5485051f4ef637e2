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
    /// <param name="ignoreIndex">The label of pixels to leave out.</param>
    /// <param name="checksLabels">Whether a pixel that is not one-hot is an error.</param>
    /// <exception cref="ArgumentException">The target holds class indices as floats, or should be one-hot and is not.</exception>
    internal static TargetLabels Of(Tensor target, long[] shape, bool isOneHot, SegmentationMode mode, long? ignoreIndex, bool checksLabels)
    {
        if (isOneHot)
        {
            var (indices, leftOut) = OneHot.ToIndices(target, ignoreIndex, checksLabels);
            return new(indices, leftOut, [shape[0], .. shape[2..]], Floats: null);
        }

        if (!FloatMask.Is(target))
        {
            return new(target, ignoreIndex, shape, Floats: null);
        }

        if (mode == SegmentationMode.Multiclass)
        {
            throw LabelKind.NotIntegers(target, nameof(target), LabelKind.RemedyForIndices);
        }

        var (labels, ignored) = FloatMask.ToLabels(target, ignoreIndex);
        return new(labels, ignored, shape, target);
    }
}
