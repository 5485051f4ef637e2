using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>What tensors of labels must be, whatever their shape.</summary>
internal static class LabelKind
{
    /// <summary>What to do with a target of floats that are not 0 and 1.</summary>
    internal const string RemedyForMasks = "hard labels are needed here, make them with target.gt(0.5), or with target.argmax(1) where there is a channel for each class";

    /// <summary>What to do with a target of floats where class indices are meant.</summary>
    internal const string RemedyForIndices = $"{RemedyForMasks}, and class indices that were stored as floats must be rounded to integers first";

    /// <summary>Integers or bools, or floats, whose values are checked where they are read.</summary>
    internal static void CheckTarget(Tensor target)
    {
        if (!FloatMask.Is(target) && !IsInteger(target))
        {
            throw new ArgumentException($"target must hold integers, bools or floats, but it is {target.dtype}; convert it to one of these.", nameof(target));
        }

        Dense(target, nameof(target));
    }

    /// <summary>Integers or bools.</summary>
    internal static void CheckPrediction(Tensor prediction)
    {
        if (!IsInteger(prediction))
        {
            throw NotIntegers(prediction, nameof(prediction), "pass logits to AddLogits, and turn probabilities into labels with argmax(1) or gt(0.5)");
        }

        Dense(prediction, nameof(prediction));
    }

    internal static ArgumentException NotIntegers(Tensor labels, string name, string remedy) =>
        new($"{name} must hold integers or bools, but it is {labels.dtype}; {remedy}.", name);

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

    internal static void Dense(Tensor labels, string name)
    {
        if (labels.is_sparse)
        {
            throw new ArgumentException($"{name} must be a dense tensor, but it is sparse; call to_dense() first.", name);
        }
    }

    /// <summary>A tensor on META has a shape and no numbers.</summary>
    internal static void HoldsValues(Tensor labels, string name)
    {
        if (labels.device_type == DeviceType.META)
        {
            throw new ArgumentException($"{name} must hold values, but it is on the meta device; move it to a real device first.", name);
        }
    }

    /// <summary>Whether a dtype of labels has this number.</summary>
    internal static bool Holds(ScalarType dtype, long number) => dtype switch
    {
        ScalarType.Bool => number is 0 or 1,
        ScalarType.Byte => number is >= byte.MinValue and <= byte.MaxValue,
        ScalarType.Int8 => number is >= sbyte.MinValue and <= sbyte.MaxValue,
        ScalarType.Int16 => number is >= short.MinValue and <= short.MaxValue,
        ScalarType.Int32 => number is >= int.MinValue and <= int.MaxValue,
        ScalarType.Int64 => true,
        ScalarType.Float16 => number is >= -65504 and <= 65504 && FitsInBits(number, 11),
        ScalarType.BFloat16 => FitsInBits(number, 8),
        ScalarType.Float32 => FitsInBits(number, 24),
        ScalarType.Float64 => FitsInBits(number, 53),
        _ => false,
    };

    /// <summary>Whether so many bits hold all binary digits from the first 1 to the last.</summary>
    private static bool FitsInBits(long number, int bits)
    {
        var magnitude = (ulong)Int128.Abs(number);
        return 64 - BitOperations.LeadingZeroCount(magnitude) - BitOperations.TrailingZeroCount(magnitude) <= bits;
    }

    private static bool IsInteger(Tensor labels) =>
        labels.dtype is ScalarType.Bool or ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64;
}
