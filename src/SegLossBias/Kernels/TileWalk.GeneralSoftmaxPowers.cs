namespace SegLossBias;

/// <content>The powers of exclusive classes with soft labels, weights, maps, instances and all kinds of statistics.</content>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
{
    /// <summary>The powers with a temperature, and those with τ = 1 where these come of it.</summary>
    /// <typeparam name="TMean">Whether the mean of the upstream gradients is wanted.</typeparam>
    private void SetTemperedPowers<TMean>(int j, bool keepsPowers, int padded, NextTile next)
        where TMean : IFlag
    {
        var (temperature, softmax) = (_job.Request.Temperatures[_plan.Tempered[j]], _tile.Tempered(j));
        if (j != _plan.WholeTempered)
        {
            SoftmaxPowers<TLanes, T>.Set<Yes, TMean>(_tile, softmax, temperature, padded, next);
        }
        else if (keepsPowers && TMean.IsSet && HasSizeMean)
        {
            SoftmaxWholePowers<TLanes, T>.Set<Yes, Yes, TMean>(_tile, softmax, temperature, padded, next);
        }
        else if (keepsPowers)
        {
            SoftmaxWholePowers<TLanes, T>.Set<Yes, No, TMean>(_tile, softmax, temperature, padded, next);
        }
        else
        {
            SoftmaxWholePowers<TLanes, T>.Set<No, No, TMean>(_tile, softmax, temperature, padded, next);
        }
    }

    /// <summary>The powers with τ = 1.</summary>
    private void SetPowers(bool keepsPowers, bool hasMean, int padded, NextTile next)
    {
        if (hasMean)
        {
            SoftmaxPowers<TLanes, T>.Set<Yes, Yes>(_tile, _tile.Softmax, 1, padded, next);
        }
        else if (keepsPowers)
        {
            SoftmaxPowers<TLanes, T>.Set<Yes, No>(_tile, _tile.Softmax, 1, padded, next);
        }
        else
        {
            SoftmaxPowers<TLanes, T>.Set<No, No>(_tile, _tile.Softmax, 1, padded, next);
        }
    }

    private void SetGeneralPixels(bool hasLogSum, int padded)
    {
        if (General.HasPowers && hasLogSum)
        {
            GeneralSoftmax<TLanes, T>.SetPixels<Yes>(_tile.Softmax, _general, padded);
        }
        else if (General.HasPowers)
        {
            GeneralSoftmax<TLanes, T>.SetPixels<No>(_tile.Softmax, _general, padded);
        }
    }
}
