using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <content>Exclusive classes.</content>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool ForwardSoftmax(int image, long pixel, int count, long last, double* sums)
    {
        var (request, channels, stride, padded) = (_job.Request, _job.Channels, _plan.Stride, PaddedCount(count));
        var isGood = ReadTile(image, 0, channels, pixel, count);
        var next = Next(image, pixel, count, last);
        SoftmaxTile<TLanes, T>.Largest(_z, channels, stride, padded, _max);
        for (var j = 0; j < _plan.Tempered.Length; j++)
        {
            var place = _plan.Tempered[j];
            SoftmaxTile<TLanes, T>.Powers<Yes, No, No>(_z, Tempered(j), channels, stride, padded, _max, request.Temperatures[place], null, TemperedSum(j), null, null, next, NextStride);
            SoftmaxTile<TLanes, T>.Invert(TemperedSum(j), _label, padded, 1, TemperedFactor(j));
            SoftmaxTile<TLanes, T>.AddSizes(Tempered(j), channels, stride, padded, TemperedFactor(j), Foreground(sums, place));
            next = null;
        }

        var own = Own(sums, request.SoftmaxFocal);
        if (_plan.Size >= 0)
        {
            SoftmaxTile<TLanes, T>.Powers<Yes, Yes, No>(_z, _e, channels, stride, padded, _max, 1, null, _sum, _lower, null, next, NextStride);
            SoftmaxTile<TLanes, T>.Invert(_sum, _label, padded, 1, _factor);
            SoftmaxTile<TLanes, T>.AddSizes(_e, channels, stride, padded, _factor, Foreground(sums, _plan.Size));
        }
        else if (!own.IsEmpty)
        {
            SoftmaxTile<TLanes, T>.Powers<No, Yes, No>(_z, _e, channels, stride, padded, _max, 1, null, _sum, _lower, null, next, NextStride);
        }

        if (own.IsEmpty)
        {
            SoftmaxOwn<TLanes, T>.AddTargets(_index, _group, padded, Targets(sums));
        }
        else
        {
            SoftmaxTile<TLanes, T>.Pick(_z, stride, padded, _index, _group, _own);
            SoftmaxOwn<TLanes, T>.AddSums(_own, _max, _sum, _lower, _index, _group, padded, _softmaxFocal, Targets(sums), own, _vectors);
        }

        for (var k = 0; k < channels && request.OneVsRestFocal >= 0; k++)
        {
            var foreground = new OwnSums(null, null, Foreground(sums, request.OneVsRestFocal) + k);
            var background = new OwnSums(null, null, Background(sums, request.OneVsRestFocal) + k);
            SigmoidRow<TLanes, T>.AddOwn(_z + ((long)k * stride), _label, k, padded, _oneVsRestFocal, foreground, background, null, null);
        }

        return isGood;
    }

    /// <summary>Leaves the gradient in the rows of the powers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BackwardSoftmax(int image, long pixel, int count, long last, double* upstream)
    {
        var (request, channels, stride, padded) = (_job.Request, _job.Channels, _plan.Stride, PaddedCount(count));
        _ = ReadTile(image, 0, channels, pixel, count);
        var next = Next(image, pixel, count, last);
        SoftmaxTile<TLanes, T>.Largest(_z, channels, stride, padded, _max);
        for (var j = 0; j < _plan.Tempered.Length; j++)
        {
            var temperature = request.Temperatures[_plan.Tempered[j]];
            SoftmaxTile<TLanes, T>.Powers<Yes, No, Yes>(_z, Tempered(j), channels, stride, padded, _max, temperature, Weights(1 + j), TemperedSum(j), null, TemperedDot(j), next, NextStride);
            SoftmaxTile<TLanes, T>.Invert(TemperedSum(j), _label, padded, temperature, TemperedFactor(j));
            SoftmaxTile<TLanes, T>.Mean(TemperedDot(j), TemperedSum(j), padded);
            next = null;
        }

        var own = Own(upstream, request.SoftmaxFocal);
        if (own.IsEmpty && _plan.Size < 0)
        {
            new Span<T>(_e, channels * stride).Clear();
        }
        else
        {
            PowersOfOwn(own, padded, next);
        }

        var isScaled = own.IsEmpty || _plan.Size >= 0;
        for (var j = 0; j < _plan.Tempered.Length; j++, isScaled = true)
        {
            if (isScaled)
            {
                SoftmaxTile<TLanes, T>.AddSizeGradient<No>(Tempered(j), TemperedFactor(j), TemperedDot(j), Weights(1 + j), _e, null, channels, stride, padded);
            }
            else
            {
                SoftmaxTile<TLanes, T>.AddSizeGradient<Yes>(Tempered(j), TemperedFactor(j), TemperedDot(j), Weights(1 + j), _e, _back, channels, stride, padded);
            }
        }

        if (!isScaled)
        {
            SoftmaxTile<TLanes, T>.Scale<No>(_e, _back, null, null, null, channels, stride, padded);
        }

        for (var k = 0; k < channels && request.OneVsRestFocal >= 0; k++)
        {
            var foreground = new OwnSums(null, null, Foreground(upstream, request.OneVsRestFocal) + k);
            var background = new OwnSums(null, null, Background(upstream, request.OneVsRestFocal) + k);
            SigmoidRow<TLanes, T>.AddOwnGradient(_z + ((long)k * stride), _label, k, _e + ((long)k * stride), padded, _oneVsRestFocal, foreground, background, 0);
        }
    }

    /// <summary>
    /// Leaves in the rows the gradient of the sums over own pixels and of the size with τ = 1; without the latter the numbers that
    /// have yet to be scaled by back.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PowersOfOwn(OwnSums own, int padded, byte* next)
    {
        var (channels, stride) = (_job.Channels, _plan.Stride);
        SoftmaxTile<TLanes, T>.Pick(_z, stride, padded, _index, _group, _own);
        if (_plan.Size >= 0)
        {
            SoftmaxTile<TLanes, T>.Powers<Yes, Yes, Yes>(_z, _e, channels, stride, padded, _max, 1, Weights(0), _sum, _lower, _dot, next, NextStride);
            SoftmaxTile<TLanes, T>.Invert(_sum, _label, padded, 1, _factor);
            SoftmaxTile<TLanes, T>.Mean(_dot, _sum, padded);
            SoftmaxOwn<TLanes, T>.Gradient(_own, _max, _sum, _lower, _label, _index, _group, padded, _softmaxFocal, own, Weights(0), _dot, _back, _vectors);
            SoftmaxTile<TLanes, T>.Scale<Yes>(_e, _back, _factor, _dot, Weights(0), channels, stride, padded);
        }
        else
        {
            SoftmaxTile<TLanes, T>.Powers<Yes, Yes, No>(_z, _e, channels, stride, padded, _max, 1, null, _sum, _lower, null, next, NextStride);
            SoftmaxOwn<TLanes, T>.Gradient(_own, _max, _sum, _lower, _label, _index, _group, padded, _softmaxFocal, own, null, null, _back, _vectors);
        }

        SoftmaxTile<TLanes, T>.SetOwn(_e, stride, padded, _index, _group, _own);
    }

    private long NextStride => _job.Logits.ChannelStride * sizeof(T);

    /// <summary>What the next tile reads first, if it can be brought near meanwhile.</summary>
    private byte* Next(int image, long pixel, int count, long last) =>
        _job.Logits.PixelStride == 1 && _job.Logits.Type is ElementType.Float32 or ElementType.Float64 && pixel + count + PaddedCount(count) <= last
            ? (byte*)_job.Logits.At<T>(image, 0, pixel + count)
            : null;

    private T* Weights(int size) => _weights + (size * (long)TilePlan<TLanes, T>.Padded(_job.Channels));

    private T* Tempered(int j) => _tempered + ((long)j * _job.Channels * _plan.Stride);

    private T* TemperedSum(int j) => _temperedPixels + ((long)j * TilePlan<TLanes, T>.TemperedArrays * _plan.Stride);

    private T* TemperedDot(int j) => TemperedSum(j) + _plan.Stride;

    private T* TemperedFactor(int j) => TemperedSum(j) + (2L * _plan.Stride);

    private OwnSums Own(double* numbers, int focal)
    {
        var request = _job.Request;
        return new(
            request.Overlap < 0 ? null : Foreground(numbers, request.Overlap),
            request.NegativeLogLikelihood < 0 ? null : Foreground(numbers, request.NegativeLogLikelihood),
            focal < 0 ? null : Foreground(numbers, focal));
    }

    /// <summary>Copies the upstream gradients of the predicted sizes to where vectors read them.</summary>
    private void LoadWeights(double* upstream)
    {
        for (var size = 0; size <= _plan.Tempered.Length && _job.Mode == KernelMode.Softmax; size++)
        {
            var place = size == 0 ? _plan.Size : _plan.Tempered[size - 1];
            var from = place < 0 ? null : Foreground(upstream, place);
            for (var k = 0; k < _job.Channels && from != null; k++)
            {
                TLanes.StoreOne(Weights(size) + k, from[k]);
            }
        }
    }
}
