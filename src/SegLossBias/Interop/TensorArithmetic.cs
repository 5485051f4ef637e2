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

    internal static Tensor Power(this Tensor tensor, double exponent)
    {
        using var scalar = exponent.ToScalar();
        return tensor.pow(scalar);
    }

    internal static Tensor AtLeast(this Tensor tensor, double number)
    {
        using var scalar = number.ToScalar();
        return tensor.clamp_min(scalar);
    }

    internal static Tensor AtMost(this Tensor tensor, double number)
    {
        using var scalar = number.ToScalar();
        return tensor.clamp_max(scalar);
    }

    /// <summary>1 − x.</summary>
    internal static Tensor OneMinus(this Tensor tensor)
    {
        using var negative = tensor.neg();
        return negative.add(One, One);
    }

    /// <summary>The product with weights; none, no change.</summary>
    internal static Tensor WeightedBy(this Tensor tensor, Tensor? weights) => weights is null ? tensor : tensor.mul(weights);

    internal static Tensor IsPositive(this Tensor tensor) => tensor.gt(Zero);

    internal static Tensor IsNotPositive(this Tensor tensor) => tensor.gt(Zero).bitwise_not();

    internal static Tensor IsZero(this Tensor tensor) => tensor.eq(Zero);

    internal static Tensor IsOne(this Tensor tensor) => tensor.eq(One);

    /// <summary>0, with zero gradient, where the mask holds; no mask, no change.</summary>
    internal static Tensor ZeroWhere(this Tensor tensor, Tensor? mask) => mask is null ? tensor : tensor.masked_fill(mask, Zero);

    /// <summary>1, with zero gradient, where the mask holds; no mask, no change.</summary>
    internal static Tensor OneWhere(this Tensor tensor, Tensor? mask) => mask is null ? tensor : tensor.masked_fill(mask, One);

    /// <summary>−∞, with zero gradient, where the mask holds.</summary>
    internal static Tensor MinusInfinityWhere(this Tensor tensor, Tensor mask) => tensor.masked_fill(mask, MinusInfinity);

    /// <summary>The second tensor where the mask holds, 0 where there is none, and the first elsewhere; all three are repeated to one shape.</summary>
    internal static Tensor FirstUnless(this Tensor first, Tensor mask, Tensor? second)
    {
        using var zero = second is null ? zeros([], first.dtype, first.device) : null;
        return where(mask, second ?? zero!, first);
    }
}
