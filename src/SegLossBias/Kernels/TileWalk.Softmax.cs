using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <content>Exclusive classes: the statistics. Their gradient and its equations are in TileWalk.SoftmaxGradient.cs.</content>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool ForwardSoftmax(int image, long pixel, int count, long last, double* sums)
    {
        var (request, padded) = (_job.Request, PaddedCount(count));
        var isGood = ReadTile(image, 0, _job.Channels, pixel, count);
        var next = Next(image, pixel, count, last);
        if (_plan.IsOneVsRestAlone)
        {
            SoftmaxTrueClass<TLanes, T>.AddTargets(_tile, padded, Targets(sums));
            AddOneVsRestSums(padded, sums);
            return isGood;
        }

        SoftmaxPowers<TLanes, T>.SetMax(_tile, padded);
        for (var j = 0; j < _plan.Tempered.Length; j++)
        {
            var (place, softmax) = (_plan.Tempered[j], _tile.Tempered(j));
            if (j != _plan.WholeTempered)
            {
                SoftmaxPowers<TLanes, T>.Set<Yes, No>(_tile, softmax, request.Temperatures[place], padded, next);
            }
            else if (_plan.Size >= 0)
            {
                SoftmaxWholePowers<TLanes, T>.Set<Yes, No, No>(_tile, softmax, request.Temperatures[place], padded, next);
            }
            else
            {
                SoftmaxWholePowers<TLanes, T>.Set<No, No, No>(_tile, softmax, request.Temperatures[place], padded, next);
            }

            SoftmaxSizes<TLanes, T>.SetFactor(_tile, softmax, 1, padded);
            SoftmaxSizes<TLanes, T>.Add(_tile, softmax, padded, Foreground(sums, place));
            next = default;
        }

        var trueClass = TrueClassSumsOf(sums, request.SoftmaxFocal);
        if (_plan.WholeTempered < 0 && _plan.Size >= 0)
        {
            SoftmaxPowers<TLanes, T>.Set<Yes, No>(_tile, _tile.Softmax, 1, padded, next);
        }
        else if (_plan.WholeTempered < 0 && !trueClass.IsEmpty)
        {
            SoftmaxPowers<TLanes, T>.Set<No, No>(_tile, _tile.Softmax, 1, padded, next);
        }

        if (_plan.Size >= 0)
        {
            SoftmaxSizes<TLanes, T>.SetFactor(_tile, _tile.Softmax, 1, padded);
            SoftmaxSizes<TLanes, T>.Add(_tile, _tile.Softmax, padded, Foreground(sums, _plan.Size));
        }

        if (trueClass.IsEmpty)
        {
            SoftmaxTrueClass<TLanes, T>.AddTargets(_tile, padded, Targets(sums));
        }
        else
        {
            SoftmaxTrueClass<TLanes, T>.PickLogits(_tile, padded);
            SoftmaxTrueClass<TLanes, T>.AddSums(_tile, padded, _softmaxFocal, Targets(sums), trueClass);
        }

        AddOneVsRestSums(padded, sums);
        return isGood;
    }

    /// <summary>What the next tile reads first, if it can be brought near meanwhile.</summary>
    private NextTile Next(int image, long pixel, int count, long last) =>
        _job.Logits.PixelStride == 1 && _job.Logits.Type is ElementType.Float32 or ElementType.Float64 && pixel + count + PaddedCount(count) <= last
            ? new((byte*)_job.Logits.At<T>(image, 0, pixel + count), _job.Logits.ChannelStride * sizeof(T))
            : default;
}
