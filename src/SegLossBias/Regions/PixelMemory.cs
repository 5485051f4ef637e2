using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Where a CPU tensor lies, for the kernels. The tensor must outlive the view.</summary>
internal static class PixelMemory
{
    /// <summary>The view, or null when the pixels do not follow each other at one distance.</summary>
    /// <param name="tensor">[N,C,*] or [N,*].</param>
    /// <param name="hasChannels">Whether dimension 1 holds channels.</param>
    internal static PixelView? View(Tensor tensor, bool hasChannels)
    {
        var (shape, strides) = (tensor.shape, tensor.stride());
        long? pixelStride = null;
        var expected = 0L;
        for (var axis = shape.Length - 1; axis >= (hasChannels ? 2 : 1); axis--)
        {
            if (shape[axis] == 1)
            {
                continue;
            }

            if (pixelStride is null)
            {
                pixelStride = strides[axis];
            }
            else if (strides[axis] != expected)
            {
                return null;
            }

            expected = strides[axis] * shape[axis];
        }

        return new PixelView(TensorMemory.Start(tensor), TypeOf(tensor.dtype), strides[0], hasChannels ? strides[1] : 0, pixelStride ?? 1);
    }

    /// <summary>The tensor, or a copy whose pixels follow each other and whose numbers are what memory says; differentiable.</summary>
    internal static Tensor WithUniformPixelStride(Tensor tensor, bool hasChannels)
    {
        // The imaginary part of a conjugate is a view that is to be read with the opposite sign.
        var resolved = tensor.is_neg() ? tensor.resolve_neg() : tensor;
        return View(resolved, hasChannels) is null ? resolved.contiguous() : resolved;
    }

    internal static ElementType TypeOf(ScalarType dtype) => dtype switch
    {
        ScalarType.Bool => ElementType.Bool,
        ScalarType.Int8 => ElementType.Int8,
        ScalarType.Byte => ElementType.UInt8,
        ScalarType.Int16 => ElementType.Int16,
        ScalarType.Int32 => ElementType.Int32,
        ScalarType.Int64 => ElementType.Int64,
        ScalarType.Float16 => ElementType.Float16,
        ScalarType.BFloat16 => ElementType.BFloat16,
        ScalarType.Float32 => ElementType.Float32,
        ScalarType.Float64 => ElementType.Float64,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "no kernel reads this type."),
    };
}
