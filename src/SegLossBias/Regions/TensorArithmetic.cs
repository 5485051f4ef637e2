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

    /// <summary>1 − tensor.</summary>
    internal static Tensor FromOne(this Tensor tensor) => tensor.neg().add(One, One);

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

    internal static Tensor IsPositive(this Tensor tensor) => tensor.gt(Zero);

    /// <summary>
    /// Where a tensor is not positive; null when it is positive everywhere as far as can be seen without waiting for a
    /// device. On the CPU a look at a few numbers is cheaper than the operations it saves.
    /// </summary>
    internal static Tensor? NotPositive(this Tensor tensor)
    {
        if (tensor.device_type == DeviceType.CPU && tensor.dtype == ScalarType.Float64 && tensor.is_contiguous())
        {
            var isPositive = true;
            foreach (var number in TensorMemory.Doubles(tensor))
            {
                isPositive &= number > 0;
            }

            GC.KeepAlive(tensor);
            if (isPositive)
            {
                return null;
            }
        }

        return tensor.IsPositive().logical_not();
    }

    /// <summary>0, with zero gradient, where the mask holds; no mask, no change.</summary>
    internal static Tensor ZeroWhere(this Tensor tensor, Tensor? mask) => mask is null ? tensor : tensor.masked_fill(mask, Zero);

    /// <summary>1, with zero gradient, where the mask holds; no mask, no change.</summary>
    internal static Tensor OneWhere(this Tensor tensor, Tensor? mask) => mask is null ? tensor : tensor.masked_fill(mask, One);

    /// <summary>a / b for b ≥ 0, and 0 with zero gradient where b = 0.</summary>
    internal static Tensor SafeDivide(this Tensor numerator, Tensor denominator)
    {
        var isZero = denominator.NotPositive();
        return numerator.div(denominator.OneWhere(isZero)).ZeroWhere(isZero);
    }
}
