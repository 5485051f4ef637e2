using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>What tensors of labels must be, whatever their shape.</summary>
internal static class LabelKind
{
    /// <param name="labels">The tensor.</param>
    /// <param name="name">What an error calls it.</param>
    /// <param name="floatRemedy">What to do where it holds floats.</param>
    internal static void Check(Tensor labels, string name, Func<Tensor, string> floatRemedy)
    {
        if (labels.dtype is not (ScalarType.Bool or ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64))
        {
            throw new ArgumentException($"{name} must hold integers or bools, but it is {labels.dtype}; {floatRemedy(labels)}.", name);
        }

        if (labels.is_sparse)
        {
            throw new ArgumentException($"{name} must be a dense tensor, but it is sparse; call to_dense() first.", name);
        }
    }

    /// <param name="target">The target.</param>
    /// <param name="other">What it belongs to.</param>
    /// <param name="name">What an error calls that.</param>
    internal static void SameDevice(Tensor target, Tensor other, string name)
    {
        if (target.device_type != other.device_type || target.device_index != other.device_index)
        {
            throw new ArgumentException($"target must be on the device of the {name}, but {name} is on {other.device} and target on {target.device}; move it with target.to({name}.device).", nameof(target));
        }
    }

    /// <summary>What to do with a target of floats in multiclass mode, where it may hold class indices.</summary>
    internal static string RemedyForIndices(Tensor target) =>
        $"{RemedyForMasks(target)}, and class indices that were stored as floats must be rounded to integers first";

    /// <summary>What to do with a target of floats in the other modes.</summary>
    internal static string RemedyForMasks(Tensor target) =>
        "soft labels are not supported yet; a mask of 0 and 1 converts with target.gt(0.5)";
}
