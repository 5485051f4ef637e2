using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// Arithmetic with numbers. TorchSharp's operators make a temporary Scalar that the garbage collector may free while
/// native code still reads it; here each one lives until its operation has returned.
/// </summary>
internal static class TensorArithmetic
{
    private static readonly Scalar Zero = 0.ToScalar();
    private static readonly Scalar One = 1.ToScalar();
    private static readonly Scalar MinusInfinity = double.NegativeInfinity.ToScalar();

    /// <summary>TorchSharp's own add of two tensors makes a temporary Scalar, the factor of the second one.</summary>
    internal static Tensor Plus(this Tensor tensor, Tensor other) => tensor.add(other, One);

    internal static Tensor Plus(this Tensor tensor, double number)
    {
        if (number == 0)
        {
            return tensor;
        }

        using var scalar = number.ToScalar();
        return tensor.add(scalar, One);
    }

    internal static Tensor Times(this Tensor tensor, double number)
    {
        if (number == 1)
        {
            return tensor;
        }

        using var scalar = number.ToScalar();
        return tensor.mul(scalar);
    }

    /// <summary>x·x. TorchSharp's own square is a power with a temporary Scalar.</summary>
    internal static Tensor Squared(this Tensor tensor) => tensor.mul(tensor);

    internal static Tensor Power(this Tensor tensor, double exponent)
    {
        using var scalar = exponent.ToScalar();
        return tensor.pow(scalar);
    }

    internal static Tensor AtLeast(this Tensor tensor, double number)
    {
        using var scalar = number.ToScalar();
        return tensor.device_type == DeviceType.META ? tensor.mul(scalar) : tensor.clamp_min(scalar); // Its backward has no kernel there.
    }

    internal static Tensor AtMost(this Tensor tensor, double number)
    {
        using var scalar = number.ToScalar();
        return tensor.device_type == DeviceType.META ? tensor.mul(scalar) : tensor.clamp_max(scalar);
    }

    /// <summary>1 − x.</summary>
    internal static Tensor OneMinus(this Tensor tensor)
    {
        using var negative = tensor.neg();
        return negative.add(One, One);
    }

    /// <summary>The product with weights; none, no change.</summary>
    internal static Tensor WeightedBy(this Tensor tensor, Tensor? weights) => weights is null ? tensor : tensor.mul(weights);

    /// <summary>|x|, with derivative 0 at 0. <c>abs</c> has no kernel for META tensors, which have no numbers either.</summary>
    internal static Tensor Magnitude(this Tensor tensor) => tensor.device_type == DeviceType.META ? tensor.neg() : tensor.abs();

    /// <summary>The larger of two, the derivative halved where they are equal; its backward has no kernel for META tensors.</summary>
    internal static Tensor Larger(this Tensor tensor, Tensor other) => tensor.device_type == DeviceType.META ? tensor.mul(other) : tensor.maximum(other);

    /// <summary>max(x, 0), with derivative 0 at 0; no kernel for META tensors either.</summary>
    internal static Tensor Positive(this Tensor tensor) => tensor.device_type == DeviceType.META ? tensor.neg() : tensor.relu();

    /// <summary>log σ(x); no kernel for META tensors either.</summary>
    internal static Tensor LogSigmoid(this Tensor tensor) => tensor.device_type == DeviceType.META ? tensor.neg() : nn.functional.logsigmoid(tensor);

    /// <summary>Whether a number is NaN: the only one that is not equal to itself.</summary>
    internal static Tensor IsNotANumber(this Tensor tensor) => tensor.ne(tensor);

    internal static Tensor IsPositive(this Tensor tensor) => tensor.gt(Zero);

    internal static Tensor IsNotPositive(this Tensor tensor) => tensor.gt(Zero).bitwise_not();

    internal static Tensor IsZero(this Tensor tensor) => tensor.eq(Zero);

    internal static Tensor IsOne(this Tensor tensor) => tensor.eq(One);

    /// <summary>0, with zero gradient, where the mask holds; no mask, no change.</summary>
    internal static Tensor ZeroWhere(this Tensor tensor, Tensor? mask) => mask is null ? tensor : tensor.masked_fill(mask, Zero);

    /// <summary>The same numbers, with a zero gradient to the logits where there was no graph but the logits have one.</summary>
    internal static Tensor ConnectedTo(this Tensor tensor, Tensor logits)
    {
        if (tensor.requires_grad || !logits.requires_grad || !is_grad_enabled())
        {
            return tensor;
        }

        var one = logits;
        for (var axis = 0; axis < logits.dim(); axis++)
        {
            one = one.narrow(axis, 0, Math.Min(1, logits.shape[axis]));
        }

        return tensor.Plus(one.ZeroWhere(ones([], ScalarType.Bool, logits.device)).sum().to(tensor.dtype));
    }

    /// <summary>0 where the mask holds, in the memory of the tensor.</summary>
    internal static Tensor ZeroWhereInPlace(this Tensor tensor, Tensor mask) => tensor.masked_fill_(mask, Zero);

    /// <summary>1, with zero gradient, where the mask holds; no mask, no change.</summary>
    internal static Tensor OneWhere(this Tensor tensor, Tensor? mask) => mask is null ? tensor : tensor.masked_fill(mask, One);

    /// <summary>−∞, with zero gradient, where the mask holds.</summary>
    internal static Tensor MinusInfinityWhere(this Tensor tensor, Tensor mask) => tensor.masked_fill(mask, MinusInfinity);

    /// <summary>The second tensor where the mask holds, 0 where there is none, and the first elsewhere; all three are repeated to one shape.</summary>
    internal static Tensor FirstUnless(this Tensor first, Tensor mask, Tensor? second)
    {
        using var zero = second is null ? zeros([], first.dtype, first.device) : null;
        return Choose(mask, second ?? zero!, first);
    }

    /// <summary>
    /// The first tensor where the mask holds, else the second. <c>where</c> has no kernel for META tensors; those have no numbers to
    /// choose between, so that there any operation on all three will do.
    /// </summary>
    internal static Tensor Choose(Tensor mask, Tensor first, Tensor second) =>
        mask.device_type == DeviceType.META ? first.mul(mask).Plus(second) : where(mask, first, second);
}
