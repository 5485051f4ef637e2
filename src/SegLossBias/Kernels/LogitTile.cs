using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace SegLossBias;

/// <summary>Copies a few consecutive pixels between memory of any type and layout and rows, one row a channel.</summary>
internal static unsafe class LogitTile<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>Reads channels × count values into rows and zeros up to the padded length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Read(in PixelView view, long image, long channel, long pixel, int channels, int count, int padded, T* rows, int stride)
    {
        switch (view.Type)
        {
            case ElementType.Float32 or ElementType.Float64 when view.PixelStride == 1:
                LogitPlanes<TLanes, T>.CopyIn(view.At<T>(image, channel, pixel), view.ChannelStride, channels, count, rows, stride);
                break;
            case ElementType.Float32 or ElementType.Float64:
                StridedLogits<T, T, SameElement<T>>.Read(view, image, channel, pixel, channels, count, rows, stride);
                break;
            case ElementType.BFloat16:
                StridedLogits<ushort, float, BFloat16Element>.Read(view, image, channel, pixel, channels, count, (float*)rows, stride);
                break;
            default:
                StridedLogits<ushort, float, Float16Element>.Read(view, image, channel, pixel, channels, count, (float*)rows, stride);
                break;
        }

        for (var row = 0; row < channels && count < padded; row++)
        {
            new Span<T>(rows + ((long)row * stride) + count, padded - count).Clear();
        }
    }

    /// <summary>Zeros the pixels whose label is negative, a NaN too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ZeroIgnored(T* rows, int channels, int stride, int padded, T* label)
    {
        for (var row = 0; row < channels; row++, rows += stride)
        {
            for (var i = 0; i < padded; i += TLanes.Count)
            {
                TLanes.Store(rows + i, TLanes.ZeroWhereLess(TLanes.Load(label + i), default, TLanes.Load(rows + i)));
            }
        }
    }

    /// <summary>Writes channels × count values from rows; around the caches where that is asked for and possible.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Write(in PixelView view, long image, long channel, long pixel, int channels, int count, T* rows, int stride, bool aroundCaches)
    {
        switch (view.Type)
        {
            case ElementType.Float32 or ElementType.Float64 when view.PixelStride == 1:
                LogitPlanes<TLanes, T>.CopyOut(rows, stride, channels, count, view.At<T>(image, channel, pixel), view.ChannelStride, aroundCaches);
                break;
            case ElementType.Float32 or ElementType.Float64:
                StridedLogits<T, T, SameElement<T>>.Write(view, image, channel, pixel, channels, count, rows, stride);
                break;
            case ElementType.BFloat16:
                StridedLogits<ushort, float, BFloat16Element>.Write(view, image, channel, pixel, channels, count, (float*)rows, stride);
                break;
            default:
                StridedLogits<ushort, float, Float16Element>.Write(view, image, channel, pixel, channels, count, (float*)rows, stride);
                break;
        }
    }

    /// <summary>Makes what was written around the caches visible to other threads.</summary>
    internal static void Fence()
    {
        if (Sse.IsSupported)
        {
            Sse.StoreFence();
        }
    }
}
