using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>The first stages of the softmax: the largest logit of each pixel, and the powers with their sums.</summary>
internal static unsafe class SoftmaxPowers<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>max[i] = max_k z[k,i]</summary>
    /// <param name="tile">Has logits.</param>
    /// <param name="count">Pixels, a multiple of two vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void SetMax(in Tile<TLanes, T> tile, int count)
    {
        T* z = tile.Logits, max = tile.Max;
        var (classes, stride) = (tile.Rows, tile.LogitStride);
        for (var i = 0; i < count; i += 2 * TLanes.Count)
        {
            var row = z + i;
            var (first, second) = (TLanes.Load(row), TLanes.Load(row + TLanes.Count));
            for (var k = 1; k < classes; k++)
            {
                row += stride;
                first = TLanes.Max(TLanes.Load(row), first);
                second = TLanes.Max(TLanes.Load(row + TLanes.Count), second);
            }

            TLanes.Store(max + i, first);
            TLanes.Store(max + i + TLanes.Count, second);
        }
    }

    /// <summary>
    /// The powers of a softmax and what is summed over them. In scalars, for each pixel i:
    /// <code>
    /// for (var k = 0; k &lt; classes; k++)
    /// {
    ///     e[k,i] = exp(τ * (z[k,i] - max[i]));
    ///     sum[i] += e[k,i];
    ///     lower[i] += z[k,i] &lt; max[i] ? e[k,i] : 0;
    ///     mean[i] += u[k] * e[k,i];                   // to be divided by the sum
    /// }
    /// </code>
    /// Many classes are taken a block at a time: n numbers added one after the other may each be rounded the same way, an error of n
    /// half units in the last place, and a block and the sums of blocks are shorter than all classes.
    /// </summary>
    /// <typeparam name="TKeep">Whether the powers are kept.</typeparam>
    /// <typeparam name="TMean">Whether mean is wanted.</typeparam>
    /// <param name="tile">Has logits and their maximum.</param>
    /// <param name="softmax">What is set.</param>
    /// <param name="temperature">τ.</param>
    /// <param name="count">Pixels, a multiple of two vectors.</param>
    /// <param name="next">What the next tile will read.</param>
    internal static void Set<TKeep, TMean>(in Tile<TLanes, T> tile, in TileSoftmax<T> softmax, double temperature, int count, NextTile next)
        where TKeep : IFlag
        where TMean : IFlag
    {
        var block = ClassBlock.Length(tile.Rows);
        for (var first = 0; first < tile.Rows; first += block)
        {
            AddBlock<TKeep, TMean>(tile, softmax, temperature, first, Math.Min(first + block, tile.Rows), count, next);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddBlock<TKeep, TMean>(in Tile<TLanes, T> tile, in TileSoftmax<T> softmax, double temperature, int firstClass, int endClass, int count, NextTile next)
        where TKeep : IFlag
        where TMean : IFlag
    {
        var (classes, stride) = (endClass - firstClass, tile.Stride);
        var logitStride = tile.LogitStride;
        var (isFirst, isLast) = (firstClass == 0, endClass == tile.Rows);
        var skipped = (long)firstClass * stride;
        T* z = tile.Logits + (firstClass * logitStride), e = softmax.Powers + skipped, max = tile.Max;
        T* sum = softmax.Sum, lower = softmax.Lower, mean = softmax.Mean, upstream = softmax.Upstream + firstClass;
        var (nextStart, nextStride) = next.From(firstClass);
        var scale = TLanes.Of(temperature * LaneMath<TLanes, T>.Log2E);
        var width = TLanes.Count;
        for (var i = 0; i < count; i += 2 * width)
        {
            var (firstMax, secondMax) = (TLanes.Load(max + i), TLanes.Load(max + i + width));
            TLanes firstSum = default, secondSum = default, firstLower = default, secondLower = default, firstMean = default, secondMean = default;
            var from = z + i;
            var to = e + i;
            var ahead = (byte*)nextStart + ((long)i * sizeof(T));
            for (var k = 0; k < classes; k++)
            {
                if (nextStart != 0)
                {
                    Prefetch(ahead, 2 * width * sizeof(T));
                    ahead += nextStride;
                }

                var (firstZ, secondZ) = (TLanes.Load(from), TLanes.Load(from + width));
                var first = LaneMath<TLanes, T>.Power2(firstZ - firstMax, scale);
                var second = LaneMath<TLanes, T>.Power2(secondZ - secondMax, scale);
                firstSum += first;
                secondSum += second;
                firstLower = TLanes.AddWhereLess(firstLower, firstZ, firstMax, first);
                secondLower = TLanes.AddWhereLess(secondLower, secondZ, secondMax, second);
                if (TKeep.IsSet)
                {
                    TLanes.Store(to, first);
                    TLanes.Store(to + width, second);
                    to += stride;
                }

                if (TMean.IsSet)
                {
                    var factor = TLanes.Broadcast(upstream[k]);
                    firstMean = TLanes.MultiplyAdd(first, factor, firstMean);
                    secondMean = TLanes.MultiplyAdd(second, factor, secondMean);
                }

                from += logitStride;
            }

            if (!isFirst)
            {
                firstSum += TLanes.Load(sum + i);
                secondSum += TLanes.Load(sum + i + width);
                firstLower += TLanes.Load(lower + i);
                secondLower += TLanes.Load(lower + i + width);
                if (TMean.IsSet)
                {
                    firstMean += TLanes.Load(mean + i);
                    secondMean += TLanes.Load(mean + i + width);
                }
            }

            TLanes.Store(lower + i, firstLower);
            TLanes.Store(lower + i + width, secondLower);
            if (isLast)
            {
                // What is not lower is 1 for each largest logit.
                firstSum = firstLower + LaneMath<TLanes, T>.Round(firstSum - firstLower);
                secondSum = secondLower + LaneMath<TLanes, T>.Round(secondSum - secondLower);
            }

            TLanes.Store(sum + i, firstSum);
            TLanes.Store(sum + i + width, secondSum);
            if (TMean.IsSet)
            {
                TLanes.Store(mean + i, firstMean);
                TLanes.Store(mean + i + width, secondMean);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Prefetch(byte* address, int bytes)
    {
        Lines.Prefetch(address);
        if (bytes > Lines.Bytes)
        {
            Lines.Prefetch(address + Lines.Bytes);
        }
    }
}
