using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Kernels;

/// <summary>Tensors in guarded memory, as kernels read them.</summary>
internal sealed class KernelMemory : IDisposable
{
    private readonly List<GuardedMemory> _owned = [];

    /// <summary>Copies [N,C,V] into memory.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="channelsLast">Whether the channels of a pixel stand together.</param>
    internal PixelView OfChannels(Tensor values, bool channelsLast)
    {
        var (channels, pixels) = (values.shape[1], values.shape[2]);
        var memory = Add((channelsLast ? values.permute(0, 2, 1) : values).contiguous().bytes);
        var type = ElementOf(values.dtype);
        return channelsLast
            ? new PixelView(memory.Start, type, channels * pixels, 1, channels)
            : new PixelView(memory.Start, type, channels * pixels, pixels, 1);
    }

    /// <summary>Copies [N,V] into memory, each number so many places after the one before; nothing stands behind the last one.</summary>
    internal PixelView OfPixels(Tensor values, int stride)
    {
        var pixels = values.shape[1];
        var bytes = values.repeat_interleave(stride, 1).contiguous().bytes;
        var memory = Add(bytes[..^((stride - 1) * (int)values.element_size())]);
        return new PixelView(memory.Start, ElementOf(values.dtype), pixels * stride, 0, stride);
    }

    /// <summary>The memory behind a view.</summary>
    internal GuardedMemory Of(PixelView view) => _owned.Single(memory => memory.Start == view.Start);

    public void Dispose() => _owned.ForEach(memory => memory.Dispose());

    private GuardedMemory Add(ReadOnlySpan<byte> bytes)
    {
        var memory = GuardedMemory.Copy(bytes);
        _owned.Add(memory);
        return memory;
    }

    private static ElementType ElementOf(ScalarType type) => type switch
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
        _ => ElementType.Float64,
    };
}
