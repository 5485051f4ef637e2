namespace SegLossBias;

/// <content>Exclusive classes.</content>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
{
    private bool ForwardSoftmax(int image, long pixel, int count, long last, double* sums)
    {
        var (request, channels, stride, padded) = (_job.Request, _job.Channels, _plan.Stride, PaddedCount(count));
        var isGood = ReadTile(image, 0, channels, pixel, count);
        var next = Next(image, pixel, count, last);
        SoftmaxTile<TLanes, T>.Largest(_z, channels, stride, padded, _max);
        for (var j = 0; j < _plan.Tempered.Length; j++)
        {
            var place = _plan.Tempered[j];
            SoftmaxTile<TLanes, T>.Powers<Yes, No>(_z, Tempered(j), channels, stride, padded, _max, request.Temperatures[place], null, TemperedSum(j), null, next, NextStride);
            SoftmaxTile<TLanes, T>.Invert(TemperedSum(j), _label, padded, 1, TemperedFactor(j));
            SoftmaxTile<TLanes, T>.AddSizes(Tempered(j), channels, stride, padded, TemperedFactor(j), Foreground(sums, place));
            next = null;
        }

        var own = Own(sums, request.SoftmaxFocal);
        if (_plan.Size >= 0)
        {
            SoftmaxTile<TLanes, T>.Powers<Yes, No>(_z, _e, channels, stride, padded, _max, 1, null, _sum, null, next, NextStride);
            SoftmaxTile<TLanes, T>.Invert(_sum, _label, padded, 1, _factor);
            SoftmaxTile<TLanes, T>.AddSizes(_e, channels, stride, padded, _factor, Foreground(sums, _plan.Size));
        }
        else if (!own.IsEmpty)
        {
            SoftmaxTile<TLanes, T>.Powers<No, No>(_z, _e, channels, stride, padded, _max, 1, null, _sum, null, next, NextStride);
        }

        if (own.IsEmpty)
        {
            SoftmaxOwn<TLanes, T>.AddTargets(_index, _group, padded, Targets(sums));
        }
        else
        {
            SoftmaxTile<TLanes, T>.Pick(_z, stride, padded, _index, _group, _own);
            SoftmaxOwn<TLanes, T>.AddSums(_own, _max, _sum, _index, _group, padded, _softmaxFocal, Targets(sums), own, _vectors);
        }

        for (var k = 0; k < channels && request.OneVsRestFocal >= 0; k++)
        {
            var foreground = new OwnSums(null, null, Foreground(sums, request.OneVsRestFocal) + k);
            var background = new OwnSums(null, null, Background(sums, request.OneVsRestFocal) + k);
            SigmoidRow<TLanes, T>.AddOwn(_z + ((long)k * stride), _label, k, padded, _oneVsRestFocal, foreground, background);
        }

        return isGood;
    }

    /// <summary>Leaves the gradient in the rows of the powers.</summary>
    private void BackwardSoftmax(int image, long pixel, int count, long last, double* upstream)
    {
        var (request, channels, stride, padded) = (_job.Request, _job.Channels, _plan.Stride, PaddedCount(count));
        _ = ReadTile(image, 0, channels, pixel, count);
        var next = Next(image, pixel, count, last);
        SoftmaxTile<TLanes, T>.Largest(_z, channels, stride, padded, _max);
        for (var j = 0; j < _plan.Tempered.Length; j++)
        {
            var temperature = request.Temperatures[_plan.Tempered[j]];
            SoftmaxTile<TLanes, T>.Powers<Yes, Yes>(_z, Tempered(j), channels, stride, padded, _max, temperature, Weights(1 + j), TemperedSum(j), TemperedDot(j), next, NextStride);
            SoftmaxTile<TLanes, T>.Invert(TemperedSum(j), _label, padded, temperature, TemperedFactor(j));
            SoftmaxTile<TLanes, T>.ShareSize(TemperedSum(j), TemperedDot(j), TemperedFactor(j), padded, TemperedBack(j));
            next = null;
        }

        var own = Own(upstream, request.SoftmaxFocal);
        var firstTempered = 0;
        if (own.IsEmpty && _plan.Size < 0)
        {
            new Span<T>(_e, channels * stride).Clear();
        }
        else
        {
            PowersAndBack(own, padded, next);
            firstTempered = AddPowers(padded);
            SoftmaxTile<TLanes, T>.AddToOwn(_e, stride, padded, _index, _group, _own);
        }

        for (var j = firstTempered; j < _plan.Tempered.Length; j++)
        {
            SoftmaxTile<TLanes, T>.AddRows(Tempered(j), TemperedBack(j), TemperedFactor(j), Weights(1 + j), _e, channels, stride, padded);
        }

        for (var k = 0; k < channels && request.OneVsRestFocal >= 0; k++)
        {
            var foreground = new OwnSums(null, null, Foreground(upstream, request.OneVsRestFocal) + k);
            var background = new OwnSums(null, null, Background(upstream, request.OneVsRestFocal) + k);
            SigmoidRow<TLanes, T>.AddOwnGradient(_z + ((long)k * stride), _label, k, _e + ((long)k * stride), padded, _oneVsRestFocal, foreground, background);
        }
    }

    private void PowersAndBack(OwnSums own, int padded, byte* next)
    {
        var (channels, stride, hasSize) = (_job.Channels, _plan.Stride, _plan.Size >= 0);
        SoftmaxTile<TLanes, T>.Pick(_z, stride, padded, _index, _group, _own);
        if (hasSize)
        {
            SoftmaxTile<TLanes, T>.Powers<Yes, Yes>(_z, _e, channels, stride, padded, _max, 1, Weights(0), _sum, _dot, next, NextStride);
            SoftmaxTile<TLanes, T>.Invert(_sum, _label, padded, 1, _factor);
        }
        else
        {
            SoftmaxTile<TLanes, T>.Powers<Yes, No>(_z, _e, channels, stride, padded, _max, 1, null, _sum, null, next, NextStride);
        }

        SoftmaxOwn<TLanes, T>.Gradient(_own, _max, _sum, hasSize ? _dot : null, _label, _index, _group, padded, _softmaxFocal, own, _back, _vectors);
    }

    /// <summary>Turns the powers into the gradient, with the first temperature if there is one; returns the next temperature.</summary>
    private int AddPowers(int padded)
    {
        var (channels, stride) = (_job.Channels, _plan.Stride);
        switch (_plan.Size >= 0, _plan.Tempered.Length > 0)
        {
            case (false, false):
                SoftmaxTile<TLanes, T>.Rows<No, No>(_e, _back, null, null, null, null, null, null, _e, channels, stride, padded);
                return 0;
            case (true, false):
                SoftmaxTile<TLanes, T>.Rows<Yes, No>(_e, _back, _factor, Weights(0), null, null, null, null, _e, channels, stride, padded);
                return 0;
            case (false, true):
                SoftmaxTile<TLanes, T>.Rows<No, Yes>(_e, _back, null, null, Tempered(0), TemperedBack(0), TemperedFactor(0), Weights(1), _e, channels, stride, padded);
                return 1;
            default:
                SoftmaxTile<TLanes, T>.Rows<Yes, Yes>(_e, _back, _factor, Weights(0), Tempered(0), TemperedBack(0), TemperedFactor(0), Weights(1), _e, channels, stride, padded);
                return 1;
        }
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

    private T* TemperedBack(int j) => TemperedSum(j) + (3L * _plan.Stride);

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
