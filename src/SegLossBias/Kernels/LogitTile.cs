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
                CopyIn(view.At<T>(image, channel, pixel), view.ChannelStride, channels, count, rows, stride);
                break;
            case ElementType.Float32 or ElementType.Float64:
                Read<T, T, SameElement<T>>(view, image, channel, pixel, channels, count, rows, stride);
                break;
            case ElementType.BFloat16:
                Read<ushort, float, BFloat16Element>(view, image, channel, pixel, channels, count, (float*)rows, stride);
                break;
            default:
                Read<ushort, float, Float16Element>(view, image, channel, pixel, channels, count, (float*)rows, stride);
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
                TLanes.Store(rows + i, TLanes.Select(TLanes.Less(TLanes.Load(label + i), default), default, TLanes.Load(rows + i)));
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
                CopyOut(rows, stride, channels, count, view.At<T>(image, channel, pixel), view.ChannelStride, aroundCaches);
                break;
            case ElementType.Float32 or ElementType.Float64:
                Write<T, T, SameElement<T>>(view, image, channel, pixel, channels, count, rows, stride);
                break;
            case ElementType.BFloat16:
                Write<ushort, float, BFloat16Element>(view, image, channel, pixel, channels, count, (float*)rows, stride);
                break;
            default:
                Write<ushort, float, Float16Element>(view, image, channel, pixel, channels, count, (float*)rows, stride);
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyIn(T* source, long sourceStride, int channels, int count, T* rows, int stride)
    {
        var whole = count - (count % TLanes.Count);
        for (var channel = 0; channel < channels; channel++, source += sourceStride, rows += stride)
        {
            for (var i = 0; i < whole; i += TLanes.Count)
            {
                TLanes.Store(rows + i, TLanes.Load(source + i));
            }

            for (var i = whole; i < count; i++)
            {
                rows[i] = source[i];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyOut(T* rows, int stride, int channels, int count, T* target, long targetStride, bool aroundCaches)
    {
        var whole = count - (count % TLanes.Count);
        for (var channel = 0; channel < channels; channel++, rows += stride, target += targetStride)
        {
            if (aroundCaches && (nuint)target % (nuint)sizeof(TLanes) == 0)
            {
                for (var i = 0; i < whole; i += TLanes.Count)
                {
                    TLanes.StoreNonTemporal(target + i, TLanes.Load(rows + i));
                }
            }
            else
            {
                for (var i = 0; i < whole; i += TLanes.Count)
                {
                    TLanes.Store(target + i, TLanes.Load(rows + i));
                }
            }

            for (var i = whole; i < count; i++)
            {
                target[i] = rows[i];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Read<TStored, TWide, TElement>(in PixelView view, long image, long channel, long pixel, int channels, int count, TWide* rows, int stride)
        where TStored : unmanaged
        where TWide : unmanaged
        where TElement : IElement<TStored, TWide>
    {
        if (view.PixelStride != 1)
        {
            Gather<TStored, TWide, TElement>(view.At<TStored>(image, channel, pixel), view.ChannelStride, view.PixelStride, channels, count, rows, stride);
            return;
        }

        for (var row = 0; row < channels; row++)
        {
            TElement.Widen(view.At<TStored>(image, channel + row, pixel), rows + ((long)row * stride), count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Write<TStored, TWide, TElement>(in PixelView view, long image, long channel, long pixel, int channels, int count, TWide* rows, int stride)
        where TStored : unmanaged
        where TWide : unmanaged
        where TElement : IElement<TStored, TWide>
    {
        if (view.PixelStride != 1)
        {
            Scatter<TStored, TWide, TElement>(view.At<TStored>(image, channel, pixel), view.ChannelStride, view.PixelStride, channels, count, rows, stride);
            return;
        }

        for (var row = 0; row < channels; row++)
        {
            TElement.Narrow(rows + ((long)row * stride), view.At<TStored>(image, channel + row, pixel), count);
        }
    }

    /// <summary>Pixel after pixel to row after row, four pixels at a time so that each row is written in short runs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gather<TStored, TWide, TElement>(TStored* source, long channelStride, long pixelStride, int channels, int count, TWide* rows, int stride)
        where TStored : unmanaged
        where TWide : unmanaged
        where TElement : IElement<TStored, TWide>
    {
        var i = 0;
        for (; i + 4 <= count; i += 4)
        {
            var from = source + (i * pixelStride);
            var to = rows + i;
            for (var channel = 0; channel < channels; channel++, from += channelStride, to += stride)
            {
                to[0] = TElement.Widen(from[0]);
                to[1] = TElement.Widen(from[pixelStride]);
                to[2] = TElement.Widen(from[2 * pixelStride]);
                to[3] = TElement.Widen(from[3 * pixelStride]);
            }
        }

        for (; i < count; i++)
        {
            for (var channel = 0; channel < channels; channel++)
            {
                rows[((long)channel * stride) + i] = TElement.Widen(source[(i * pixelStride) + (channel * channelStride)]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scatter<TStored, TWide, TElement>(TStored* target, long channelStride, long pixelStride, int channels, int count, TWide* rows, int stride)
        where TStored : unmanaged
        where TWide : unmanaged
        where TElement : IElement<TStored, TWide>
    {
        var i = 0;
        for (; i + 4 <= count; i += 4)
        {
            var to = target + (i * pixelStride);
            var from = rows + i;
            for (var channel = 0; channel < channels; channel++, to += channelStride, from += stride)
            {
                to[0] = TElement.Narrow(from[0]);
                to[pixelStride] = TElement.Narrow(from[1]);
                to[2 * pixelStride] = TElement.Narrow(from[2]);
                to[3 * pixelStride] = TElement.Narrow(from[3]);
            }
        }

        for (; i < count; i++)
        {
            for (var channel = 0; channel < channels; channel++)
            {
                target[(i * pixelStride) + (channel * channelStride)] = TElement.Narrow(rows[((long)channel * stride) + i]);
            }
        }
    }
}
