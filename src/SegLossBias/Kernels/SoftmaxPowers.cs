using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

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
        var (classes, stride) = (tile.Rows, tile.Stride);
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
    /// </summary>
    /// <typeparam name="TKeep">Whether the powers are kept.</typeparam>
    /// <typeparam name="TLower">Whether lower is wanted; for τ = 1 alone.</typeparam>
    /// <typeparam name="TMean">Whether mean is wanted.</typeparam>
    /// <param name="tile">Has logits and their maximum.</param>
    /// <param name="softmax">What is set.</param>
    /// <param name="temperature">τ.</param>
    /// <param name="count">Pixels, a multiple of two vectors.</param>
    /// <param name="next">What the next tile will read.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Set<TKeep, TLower, TMean>(in Tile<TLanes, T> tile, in TileSoftmax<T> softmax, double temperature, int count, NextTile next)
        where TKeep : IFlag
        where TLower : IFlag
        where TMean : IFlag
    {
        T* z = tile.Logits, e = softmax.Powers, max = tile.Max;
        var (classes, stride) = (tile.Rows, tile.Stride);
        T* sum = softmax.Sum, lower = softmax.Lower, mean = softmax.Mean, upstream = softmax.Upstream;
        var (nextStart, nextStride) = ((nint)next.Start, next.Stride);
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
                if (TLower.IsSet)
                {
                    firstLower = TLanes.AddWhereLess(firstLower, firstZ, firstMax, first);
                    secondLower = TLanes.AddWhereLess(secondLower, secondZ, secondMax, second);
                }

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

                from += stride;
            }

            if (TLower.IsSet)
            {
                TLanes.Store(lower + i, firstLower);
                TLanes.Store(lower + i + width, secondLower);

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
        if (Sse.IsSupported)
        {
            Sse.Prefetch1(address);
            if (bytes > Lines.Bytes)
            {
                Sse.Prefetch1(address + Lines.Bytes);
            }
        }
    }
}
