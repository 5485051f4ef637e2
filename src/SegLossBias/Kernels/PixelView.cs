using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>Where the values of images × channels × pixels lie. Strides count elements.</summary>
/// <param name="Start">The first element.</param>
/// <param name="Type">What the elements are.</param>
/// <param name="ImageStride">From an image to the next.</param>
/// <param name="ChannelStride">From a channel to the next; 0 where there is only one.</param>
/// <param name="PixelStride">From a pixel to the next; 1 in planes, the number of channels in channels_last.</param>
internal readonly unsafe record struct PixelView(nint Start, ElementType Type, long ImageStride, long ChannelStride, long PixelStride)
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal T* At<T>(long image, long channel, long pixel)
        where T : unmanaged => (T*)Start + (image * ImageStride) + (channel * ChannelStride) + (pixel * PixelStride);
}
