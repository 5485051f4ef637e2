using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <content>
/// Planes of the kernel's type need no copy where a tile has whole vectors: logits are read where they lie, and a last stage that
/// goes row after row writes the gradient where it belongs.
/// </content>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
{
    private static bool CanUseInPlace(in PixelView view, int count) => ArePlanes(view) && count == PaddedCount(count);

    private static bool ArePlanes(in PixelView view) => view.PixelStride == 1 && view.Type is ElementType.Float32 or ElementType.Float64;

    /// <summary>Reads a tile whose stages never look at ignored pixels: the logits of those may be anything.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool ReadTile(int image, int channel, int channels, long pixel, int count, out PlaneRows<T> logits)
    {
        if (!CanUseInPlace(_job.Logits, count))
        {
            logits = new(_tile.Logits, _tile.Stride);
            return ReadTile(image, channel, channels, pixel, count);
        }

        logits = new(_job.Logits.At<T>(image, channel, pixel), _job.Logits.ChannelStride);
        return LabelTile<TLanes, T>.Read(_job, image, channel, pixel, count, count, _tile, out _);
    }

    /// <summary>Reads a tile of exclusive classes. The logits of ignored pixels are zeroed, which takes a copy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool ReadTile(int image, long pixel, int count, out Tile<TLanes, T> tile)
    {
        tile = _tile;
        if (!CanUseInPlace(_job.Logits, count))
        {
            return ReadTile(image, 0, _job.Channels, pixel, count);
        }

        var planes = new PlaneRows<T>(_job.Logits.At<T>(image, 0, pixel), _job.Logits.ChannelStride);
        var isGood = LabelTile<TLanes, T>.Read(_job, image, 0, pixel, count, count, _tile, out var isValid);
        if (isValid)
        {
            tile = new(_tile, planes);
        }
        else
        {
            LogitPlanes<TLanes, T>.CopyIn(planes.At(0), planes.Stride, _job.Channels, count, _tile.Logits, _tile.Stride);
            LogitTile<TLanes, T>.ZeroIgnored(_tile.Logits, _job.Channels, _tile.Stride, count, _tile.Label);
        }

        return isGood;
    }

    /// <summary>
    /// Where the last stage writes the gradient: memory itself, or the rows of the tile, for <see cref="WriteUnlessInPlace"/> to copy.
    /// </summary>
    /// <param name="gradient">The gradient.</param>
    /// <param name="image">The image.</param>
    /// <param name="pixel">The first pixel.</param>
    /// <param name="count">Pixels.</param>
    /// <param name="aroundCaches">Whether around the caches; becomes false where that is impossible.</param>
    private PlaneRows<T> GradientRows(in PixelView gradient, int image, long pixel, int count, ref bool aroundCaches)
    {
        if (!CanUseInPlace(gradient, count))
        {
            aroundCaches = false;
            return new(_tile.Gradient, _tile.Stride);
        }

        var rows = new PlaneRows<T>(gradient.At<T>(image, 0, pixel), gradient.ChannelStride);
        aroundCaches &= (nuint)rows.At(0) % (nuint)sizeof(TLanes) == 0 && rows.Stride * sizeof(T) % sizeof(TLanes) == 0;
        return rows;
    }

    private void WriteUnlessInPlace(in PixelView gradient, int image, long pixel, int count, bool aroundCaches)
    {
        if (!CanUseInPlace(gradient, count))
        {
            LogitTile<TLanes, T>.Write(gradient, image, 0, pixel, _job.Channels, count, _tile.Gradient, _tile.Stride, aroundCaches);
        }
    }

    /// <summary>What the next tile reads first, if it can be brought near meanwhile.</summary>
    private NextTile Next(int image, int channel, long pixel, int count, long last) =>
        ArePlanes(_job.Logits) && pixel + count + PaddedCount(count) <= last
            ? new((byte*)_job.Logits.At<T>(image, channel, pixel + count), _job.Logits.ChannelStride * sizeof(T))
            : default;
}
