using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Where a CPU tensor lies. The tensor must outlive what is read there.</summary>
internal static class TensorMemory
{
    /// <summary>The memory of a contiguous float64 tensor.</summary>
    internal static unsafe Span<double> Doubles(Tensor tensor)
    {
        var count = checked((int)tensor.numel());
        return count == 0 ? [] : new Span<double>((void*)Start(tensor), count);
    }

    /// <summary>One of the equal planes that a contiguous tensor is made of.</summary>
    internal static unsafe Span<T> Plane<T>(Tensor tensor, long plane, int length)
        where T : unmanaged => length == 0 ? [] : new Span<T>((T*)Start(tensor) + (plane * length), length);

    /// <summary>The address of the first element. A view of one element is the way there for any strides and any size.</summary>
    internal static unsafe nint Start(Tensor tensor)
    {
        if (tensor.numel() == 0)
        {
            return 0;
        }

        if (tensor.is_contiguous() && tensor.numel() < int.MaxValue / tensor.element_size())
        {
            fixed (byte* start = tensor.bytes)
            {
                return (nint)start;
            }
        }

        using var scope = NewDisposeScope();
        fixed (byte* start = tensor.detach().as_strided([1], [1], tensor.storage_offset()).bytes)
        {
            return (nint)start;
        }
    }
}
