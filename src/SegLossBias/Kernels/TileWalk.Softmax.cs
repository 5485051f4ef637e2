using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <content>Exclusive classes: the statistics. Their gradient and its equations are in TileWalk.SoftmaxGradient.cs.</content>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool ForwardSoftmax(int image, long pixel, int count, long last, double* sums)
    {
        var (request, padded) = (_job.Request, PaddedCount(count));
        var isGood = ReadTile(image, pixel, count, out var tile);
        SoftmaxPowers<TLanes, T>.SetMax(tile, padded);
        var next = Next(image, 0, pixel, count, last);
        for (var j = 0; j < _plan.Tempered.Length; j++)
        {
            var (place, softmax) = (_plan.Tempered[j], tile.Tempered(j));
            if (j != _plan.WholeTempered)
            {
                SoftmaxPowers<TLanes, T>.Set<Yes, No>(tile, softmax, request.Temperatures[place], padded, next);
            }
            else if (_plan.Size >= 0)
            {
                SoftmaxWholePowers<TLanes, T>.Set<Yes, No, No>(tile, softmax, request.Temperatures[place], padded, next);
            }
            else
            {
                SoftmaxWholePowers<TLanes, T>.Set<No, No, No>(tile, softmax, request.Temperatures[place], padded, next);
            }

            SoftmaxSizes<TLanes, T>.SetFactor(tile, softmax, 1, padded);
            SoftmaxSizes<TLanes, T>.Add(tile, softmax, padded, Foreground(sums, place));
            next = default;
        }

        var trueClass = TrueClassSumsOf(sums, request.SoftmaxFocal);
        if (_plan.WholeTempered < 0 && _plan.Size >= 0)
        {
            SoftmaxPowers<TLanes, T>.Set<Yes, No>(tile, tile.Softmax, 1, padded, next);
        }
        else if (_plan.WholeTempered < 0 && !(trueClass.IsEmpty && request.NegativeLogEverywhere < 0))
        {
            SoftmaxPowers<TLanes, T>.Set<No, No>(tile, tile.Softmax, 1, padded, next);
        }

        if (_plan.Size >= 0)
        {
            SoftmaxSizes<TLanes, T>.SetFactor(tile, tile.Softmax, 1, padded);
            SoftmaxSizes<TLanes, T>.Add(tile, tile.Softmax, padded, Foreground(sums, _plan.Size));
        }

        if (trueClass.IsEmpty)
        {
            SoftmaxTrueClass<TLanes, T>.AddTargets(tile, padded, Targets(sums));
        }
        else
        {
            SoftmaxTrueClass<TLanes, T>.PickLogits(tile, padded);
            SoftmaxTrueClass<TLanes, T>.AddSums(tile, padded, _softmaxFocal, Targets(sums), trueClass);
        }

        if (request.NegativeLogEverywhere >= 0)
        {
            SoftmaxEverywhere<TLanes, T>.Add(tile, padded, Foreground(sums, request.NegativeLogEverywhere));
        }

        AddOneVsRestSums(new(tile.Logits, tile.LogitStride), padded, default, sums);
        return isGood;
    }
}
