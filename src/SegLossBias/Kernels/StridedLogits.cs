using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>Converts between numbers of any type and layout and rows.</summary>
/// <typeparam name="TStored">What memory holds.</typeparam>
/// <typeparam name="TWide">What the kernel calculates with.</typeparam>
/// <typeparam name="TElement">How one becomes the other.</typeparam>
internal static unsafe class StridedLogits<TStored, TWide, TElement>
    where TStored : unmanaged
    where TWide : unmanaged
    where TElement : IElement<TStored, TWide>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Read(in PixelView view, long image, long channel, long pixel, int channels, int count, TWide* rows, int stride)
    {
        if (view.PixelStride != 1)
        {
            Gather(view.At<TStored>(image, channel, pixel), view.ChannelStride, view.PixelStride, channels, count, rows, stride);
            return;
        }

        for (var row = 0; row < channels; row++)
        {
            TElement.Widen(view.At<TStored>(image, channel + row, pixel), rows + ((long)row * stride), count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Write(in PixelView view, long image, long channel, long pixel, int channels, int count, TWide* rows, int stride)
    {
        if (view.PixelStride != 1)
        {
            Scatter(view.At<TStored>(image, channel, pixel), view.ChannelStride, view.PixelStride, channels, count, rows, stride);
            return;
        }

        for (var row = 0; row < channels; row++)
        {
            TElement.Narrow(rows + ((long)row * stride), view.At<TStored>(image, channel + row, pixel), count);
        }
    }

    /// <summary>Pixel after pixel to row after row, four pixels at a time so that each row is written in short runs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gather(TStored* source, long channelStride, long pixelStride, int channels, int count, TWide* rows, int stride)
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
    private static void Scatter(TStored* target, long channelStride, long pixelStride, int channels, int count, TWide* rows, int stride)
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
