using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <content>The focal sums of exclusive classes, each a channel of its own against the rest.</content>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
{
    /// <summary>These sums and nothing beside them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool ForwardOneVsRest(int image, long pixel, int count, long last, double* sums)
    {
        var isGood = ReadTile(image, 0, _job.Channels, pixel, count, out var logits);
        var padded = PaddedCount(count);
        SoftmaxTrueClass<TLanes, T>.AddTargets(_tile, padded, Targets(sums));
        AddOneVsRestSums(logits, padded, Next(image, 0, pixel, count, last), sums);
        return isGood;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BackwardOneVsRest(int image, long pixel, int count, long last, double* upstream, in PixelView gradient, bool aroundCaches)
    {
        _ = ReadTile(image, 0, _job.Channels, pixel, count, out var logits);
        WriteOneVsRestGradient<No>(logits, image, pixel, count, Next(image, 0, pixel, count, last), upstream, gradient, aroundCaches);
    }

    /// <typeparam name="TAdd">Whether the sum of it and of the gradient in the tile is written.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteOneVsRestGradient<TAdd>(PlaneRows<T> logits, int image, long pixel, int count, NextTile next, double* upstream, in PixelView gradient, bool aroundCaches)
        where TAdd : IFlag
    {
        var isAround = aroundCaches;
        var target = GradientRows(gradient, image, pixel, count, ref isAround);
        if (isAround)
        {
            SetOneVsRestGradient<TAdd, Yes>(logits, count, next, upstream, target);
        }
        else
        {
            SetOneVsRestGradient<TAdd, No>(logits, PaddedCount(count), next, upstream, target);
        }

        WriteUnlessInPlace(gradient, image, pixel, count, aroundCaches);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddOneVsRestSums(PlaneRows<T> logits, int padded, NextTile next, double* sums)
    {
        for (var k = 0; k < _job.Channels && _job.Request.OneVsRestFocal >= 0; k++)
        {
            next.BringRow(k, padded * sizeof(T));
            var (foreground, background) = OneVsRestFocal(sums, k);
            if (SigmoidFocal<TLanes, T>.Has(_oneVsRestFocal, foreground))
            {
                SigmoidFocal<TLanes, T>.AddSums(logits.At(k), _tile.Label, k, padded, foreground.Focal, background.Focal);
            }
            else
            {
                SigmoidTrueClass<TLanes, T>.AddSums(logits.At(k), _tile.Label, k, padded, _oneVsRestFocal, foreground, background, null, null);
            }
        }
    }

    /// <typeparam name="TAdd">See above.</typeparam>
    /// <typeparam name="TAround">Whether it is written around the caches.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SetOneVsRestGradient<TAdd, TAround>(PlaneRows<T> logits, int padded, NextTile next, double* upstream, PlaneRows<T> target)
        where TAdd : IFlag
        where TAround : IFlag
    {
        for (var k = 0; k < _job.Channels; k++)
        {
            next.BringRow(k, padded * sizeof(T));
            var (foreground, background) = OneVsRestFocal(upstream, k);
            var other = _tile.Gradient + ((long)k * _tile.Stride);
            if (SigmoidFocal<TLanes, T>.Has(_oneVsRestFocal, foreground))
            {
                SigmoidFocal<TLanes, T>.SetGradient<TAdd, TAround>(logits.At(k), _tile.Label, k, other, target.At(k), padded, *foreground.Focal, *background.Focal);
                continue;
            }

            if (!TAdd.IsSet)
            {
                new Span<T>(other, padded).Clear();
            }

            SigmoidTrueClass<TLanes, T>.AddGradient(logits.At(k), _tile.Label, k, other, padded, _oneVsRestFocal, foreground, background, 0);
            if (target.At(k) != other)
            {
                LogitPlanes<TLanes, T>.CopyOut(other, 0, 1, padded, target.At(k), 0, TAround.IsSet);
            }
        }
    }

    private (TrueClassSums Foreground, TrueClassSums Background) OneVsRestFocal(double* numbers, int k) =>
        (new(null, null, Foreground(numbers, _job.Request.OneVsRestFocal) + k), new(null, null, Background(numbers, _job.Request.OneVsRestFocal) + k));
}
