using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <content>The focal sums of exclusive classes, each a channel of its own against the rest.</content>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddOneVsRestSums(int padded, double* sums)
    {
        for (var k = 0; k < _job.Channels && _job.Request.OneVsRestFocal >= 0; k++)
        {
            var (foreground, background) = OneVsRestFocal(sums, k);
            var logits = _tile.Logits + ((long)k * _tile.Stride);
            if (SigmoidFocal<TLanes, T>.Has(_oneVsRestFocal, foreground))
            {
                SigmoidFocal<TLanes, T>.AddSums(logits, _tile.Label, k, padded, foreground.Focal, background.Focal);
            }
            else
            {
                SigmoidTrueClass<TLanes, T>.AddSums(logits, _tile.Label, k, padded, _oneVsRestFocal, foreground, background, null, null);
            }
        }
    }

    /// <typeparam name="TAdd">Whether the gradient is added to what is there; else it takes its place.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SetOneVsRestGradient<TAdd>(int padded, double* upstream)
        where TAdd : IFlag
    {
        for (var k = 0; k < _job.Channels && _job.Request.OneVsRestFocal >= 0; k++)
        {
            var (foreground, background) = OneVsRestFocal(upstream, k);
            var logits = _tile.Logits + ((long)k * _tile.Stride);
            var gradient = _tile.Gradient + ((long)k * _tile.Stride);
            if (SigmoidFocal<TLanes, T>.Has(_oneVsRestFocal, foreground))
            {
                SigmoidFocal<TLanes, T>.SetGradient<TAdd>(logits, _tile.Label, k, gradient, padded, *foreground.Focal, *background.Focal);
                continue;
            }

            if (!TAdd.IsSet)
            {
                new Span<T>(gradient, padded).Clear();
            }

            SigmoidTrueClass<TLanes, T>.AddGradient(logits, _tile.Label, k, gradient, padded, _oneVsRestFocal, foreground, background, 0);
        }
    }

    private (TrueClassSums Foreground, TrueClassSums Background) OneVsRestFocal(double* numbers, int k) =>
        (new(null, null, Foreground(numbers, _job.Request.OneVsRestFocal) + k), new(null, null, Background(numbers, _job.Request.OneVsRestFocal) + k));
}
