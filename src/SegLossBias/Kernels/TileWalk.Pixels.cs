using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <content>A number for each pixel of exclusive classes instead of their sums. Each pixel has a label; nothing is ignored here.</content>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
{
    /// <summary>Writes the numbers of the chunk's pixels; false when a label is wrong.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal bool SetPixels(int chunk, PixelFactors factors, in PixelView values)
    {
        var isGood = true;
        for (var (image, lastImage) = Images(chunk); image < lastImage; image++)
        {
            var (first, last) = Pixels(chunk);
            for (var pixel = first; pixel < last; pixel += _plan.TilePixels)
            {
                isGood &= SetPixels(image, pixel, (int)Math.Min(_plan.TilePixels, last - pixel), last, factors, values);
            }
        }

        return isGood;
    }

    /// <summary>Writes the gradient of the chunk's pixels.</summary>
    /// <param name="chunk">Which.</param>
    /// <param name="factors">What a pixel has.</param>
    /// <param name="upstream">The gradient of each pixel's number.</param>
    /// <param name="gradient">Where to write.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void SetPixelGradient(int chunk, PixelFactors factors, in PixelView upstream, in PixelView gradient)
    {
        var aroundCaches = (long)_job.Images * _job.Channels * _job.Pixels * sizeof(T) > LargerThanCaches;
        for (var (image, lastImage) = Images(chunk); image < lastImage; image++)
        {
            var (first, last) = Pixels(chunk);
            for (var pixel = first; pixel < last; pixel += _plan.TilePixels)
            {
                var count = (int)Math.Min(_plan.TilePixels, last - pixel);
                SetPixelGradient(image, pixel, count, last, factors, upstream);
                LogitTile<TLanes, T>.Write(gradient, image, 0, pixel, _job.Channels, count, _tile.Gradient, _tile.Stride, aroundCaches);
            }
        }

        LogitTile<TLanes, T>.Fence();
    }

    private bool SetPixels(int image, long pixel, int count, long last, PixelFactors factors, in PixelView values)
    {
        var padded = PaddedCount(count);
        var row = _tile.Softmax.Mean;
        var isGood = ReadTile(image, pixel, count, out var tile);
        if (factors.HasLogs)
        {
            SoftmaxPowers<TLanes, T>.SetMax(tile, padded);
            SoftmaxPowers<TLanes, T>.Set<No, No>(tile, tile.Softmax, 1, padded, Next(image, 0, pixel, count, last));
            SoftmaxTrueClass<TLanes, T>.PickLogits(tile, padded);
            SoftmaxPixels<TLanes, T>.SetValues(tile, padded, factors, row);
        }
        else
        {
            new Span<T>(row, padded).Clear();
        }

        if (factors.OfFocal is { } focal)
        {
            for (var k = 0; k < _job.Channels; k++)
            {
                SigmoidFocal<TLanes, T>.AddValues(tile.Logits + (k * tile.LogitStride), tile.Label, k, padded, focal[k], focal[_job.Channels + k], row);
            }
        }

        LogitTile<TLanes, T>.Write(values, image, 0, pixel, 1, count, row, 0, aroundCaches: false);
        return isGood;
    }

    private void SetPixelGradient(int image, long pixel, int count, long last, PixelFactors factors, in PixelView upstream)
    {
        var padded = PaddedCount(count);
        var row = _tile.Softmax.Mean;
        _ = ReadTile(image, pixel, count, out var tile);
        LogitTile<TLanes, T>.Read(upstream, image, 0, pixel, 1, count, padded, row, 0);
        if (factors.HasLogs)
        {
            SoftmaxPowers<TLanes, T>.SetMax(tile, padded);
            SoftmaxPowers<TLanes, T>.Set<Yes, No>(tile, tile.Softmax, 1, padded, Next(image, 0, pixel, count, last));
            SoftmaxTrueClass<TLanes, T>.PickLogits(tile, padded);
            SoftmaxPixels<TLanes, T>.SetScale(tile, padded, factors, row);
            SoftmaxPixels<TLanes, T>.ScalePowers(tile, padded, factors, row);
            SoftmaxTrueClassGradient<TLanes, T>.Put(tile, padded);
        }
        else
        {
            new Span<T>(tile.Gradient, _job.Channels * tile.Stride).Clear();
        }

        if (factors.OfFocal is { } focal)
        {
            for (var k = 0; k < _job.Channels; k++)
            {
                SigmoidFocal<TLanes, T>.AddPixelGradient(
                    tile.Logits + (k * tile.LogitStride), tile.Label, k, padded, focal[k], focal[_job.Channels + k], row, tile.Gradient + ((long)k * tile.Stride));
            }
        }
    }
}
