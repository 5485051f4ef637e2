using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <content>Two exclusive classes: the softmax of class 1 is the sigmoid of z₁ − z₀, that of class 0 its background.</content>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool ForwardTwoClass(int image, long pixel, int count, double* sums)
    {
        var isGood = ReadTwoClass(image, pixel, count);
        AddRow(_tile.Logits, PaddedCount(count), sums + 1, sums);
        return isGood;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BackwardTwoClass(int image, long pixel, int count, double* upstream, in PixelView gradient, bool aroundCaches)
    {
        _ = ReadTwoClass(image, pixel, count);
        AddRowGradient(_tile.Logits, PaddedCount(count), upstream + 1, upstream);
        var isAround = aroundCaches;
        var target = GradientRows(gradient, image, pixel, count, ref isAround);
        if (isAround)
        {
            SetBothGradients<Yes>(target, count);
        }
        else
        {
            SetBothGradients<No>(target, PaddedCount(count));
        }

        WriteUnlessInPlace(gradient, image, pixel, count, aroundCaches);
    }

    /// <summary>The gradient of class 1 becomes that of both.</summary>
    /// <typeparam name="TAround">Whether it is written around the caches.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SetBothGradients<TAround>(PlaneRows<T> target, int count)
        where TAround : IFlag
    {
        T* gradient = _tile.Gradient, zero = target.At(0), one = target.At(1);
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var slope = TLanes.Load(gradient + i);
            if (TAround.IsSet)
            {
                TLanes.StoreNonTemporal(one + i, slope);
                TLanes.StoreNonTemporal(zero + i, -slope);
            }
            else
            {
                TLanes.Store(one + i, slope);
                TLanes.Store(zero + i, -slope);
            }
        }
    }

    private bool ReadTwoClass(int image, long pixel, int count)
    {
        var isGood = ReadTile(image, 0, 2, pixel, count, out var logits);
        SubtractLogits(logits, PaddedCount(count));
        return isGood;
    }

    /// <summary>
    /// The first row becomes the logit of class 1 against class 0, z₁ − z₀. The difference alone would hide an overflow: with
    /// z₁ = +∞ and any finite z₀ it is the logit of a sure class 1. 0 · max(z₀, z₁) makes it NaN, as the softmax is, and adds 0
    /// otherwise.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SubtractLogits(PlaneRows<T> logits, int count)
    {
        T* z = _tile.Logits, zeros = logits.At(0), ones = logits.At(1);
        for (var i = 0; i < count; i += TLanes.Count)
        {
            // The next tile's, should it lie where this one ends.
            Lines.Prefetch(zeros + i + count);
            Lines.Prefetch(ones + i + count);
            var (zero, one) = (TLanes.Load(zeros + i), TLanes.Load(ones + i));
            TLanes.Store(z + i, TLanes.MultiplyAdd(TLanes.Max(zero, one), default, one - zero));
        }
    }
}
