using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace SegLossBias;

/// <summary>
/// The stages of the softmax over a tile of pixels that stays in the caches: a row for each class, a column for each
/// pixel. Small methods, since one long one runs out of registers.
/// </summary>
internal static unsafe class SoftmaxTile<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>max[i] = max_k z[k,i]</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Largest(T* z, int classes, int stride, int count, T* max)
    {
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
    /// e[k,i] = exp(τ (z[k,i] − max[i])), sum[i] = Σ_k e[k,i], lower[i] = Σ e[k,i] over the z[k,i] below max[i], which keeps the digits
    /// that the sum loses to the 1 of the largest, dot[i] = Σ_k weight[k] e[k,i].
    /// </summary>
    /// <typeparam name="TKeep">Whether e is kept.</typeparam>
    /// <typeparam name="TLower">Whether lower is wanted.</typeparam>
    /// <typeparam name="TDot">Whether dot is wanted.</typeparam>
    /// <param name="z">Logits.</param>
    /// <param name="e">Powers.</param>
    /// <param name="classes">K.</param>
    /// <param name="stride">From a row to the next.</param>
    /// <param name="count">Pixels, a multiple of two vectors.</param>
    /// <param name="max">The largest logit of each pixel.</param>
    /// <param name="temperature">τ.</param>
    /// <param name="weight">[K].</param>
    /// <param name="sum">[count].</param>
    /// <param name="lower">[count].</param>
    /// <param name="dot">[count].</param>
    /// <param name="next">What the next tile will read, brought near meanwhile; null for nothing.</param>
    /// <param name="nextStride">Bytes from a row of it to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Powers<TKeep, TLower, TDot>(T* z, T* e, int classes, int stride, int count, T* max, double temperature, T* weight, T* sum, T* lower, T* dot, byte* next, long nextStride)
        where TKeep : IFlag
        where TLower : IFlag
        where TDot : IFlag
    {
        var scale = TLanes.Of(temperature * LaneMath<TLanes, T>.Log2E);
        var width = TLanes.Count;
        for (var i = 0; i < count; i += 2 * width)
        {
            var (firstMax, secondMax) = (TLanes.Load(max + i), TLanes.Load(max + i + width));
            TLanes firstSum = default, secondSum = default, firstLower = default, secondLower = default, firstDot = default, secondDot = default;
            var from = z + i;
            var to = e + i;
            var ahead = next + ((long)i * sizeof(T));
            for (var k = 0; k < classes; k++)
            {
                var (firstZ, secondZ) = (TLanes.Load(from), TLanes.Load(from + width));
                var first = LaneMath<TLanes, T>.Power2(firstZ - firstMax, scale);
                var second = LaneMath<TLanes, T>.Power2(secondZ - secondMax, scale);
                firstSum += first;
                secondSum += second;
                if (TLower.IsSet)
                {
                    firstLower += TLanes.Where(TLanes.Less(firstZ, firstMax), first);
                    secondLower += TLanes.Where(TLanes.Less(secondZ, secondMax), second);
                }

                if (TKeep.IsSet)
                {
                    TLanes.Store(to, first);
                    TLanes.Store(to + width, second);
                    to += stride;
                }

                if (TDot.IsSet)
                {
                    var factor = TLanes.Broadcast(weight[k]);
                    firstDot = TLanes.MultiplyAdd(first, factor, firstDot);
                    secondDot = TLanes.MultiplyAdd(second, factor, secondDot);
                }

                if (next != null)
                {
                    Prefetch(ahead, 2 * width * sizeof(T));
                    ahead += nextStride;
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

            if (TDot.IsSet)
            {
                TLanes.Store(dot + i, firstDot);
                TLanes.Store(dot + i + width, secondDot);
            }
        }
    }

    /// <summary>own[i] = z[label, i]</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Pick(T* z, int stride, int count, int* index, int* group, T* own)
    {
        var width = TLanes.Count;
        for (var i = 0; i < count; i += width)
        {
            var common = group[i / width];
            if (common >= 0)
            {
                TLanes.Store(own + i, TLanes.Load(z + ((long)common * stride) + i));
                continue;
            }

            for (var lane = i; lane < i + width; lane++)
            {
                own[lane] = z[((long)Math.Max(index[lane], 0) * stride) + lane];
            }
        }
    }

    /// <summary>factor[i] = τ / sum[i], 0 where the pixel is ignored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Invert(T* sum, T* label, int count, double temperature, T* factor)
    {
        var tau = TLanes.Of(temperature);
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var isIgnored = TLanes.Less(TLanes.Load(label + i), default);
            TLanes.Store(factor + i, TLanes.Select(isIgnored, default, tau / TLanes.Load(sum + i)));
        }
    }

    /// <summary>sizes[k] += Σ_i e[k,i] factor[i]</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddSizes(T* e, int classes, int stride, int count, T* factor, double* sizes)
    {
        var width = TLanes.Count;
        var k = 0;
        for (; k + 2 <= classes; k += 2)
        {
            var upper = e + ((long)k * stride);
            var lower = upper + stride;
            TLanes a = default, b = default, c = default, d = default;
            for (var i = 0; i < count; i += 2 * width)
            {
                var (first, second) = (TLanes.Load(factor + i), TLanes.Load(factor + i + width));
                a = TLanes.MultiplyAdd(TLanes.Load(upper + i), first, a);
                b = TLanes.MultiplyAdd(TLanes.Load(upper + i + width), second, b);
                c = TLanes.MultiplyAdd(TLanes.Load(lower + i), first, c);
                d = TLanes.MultiplyAdd(TLanes.Load(lower + i + width), second, d);
            }

            sizes[k] += TLanes.Sum(a + b);
            sizes[k + 1] += TLanes.Sum(c + d);
        }

        if (k < classes)
        {
            var row = e + ((long)k * stride);
            var sum = default(TLanes);
            for (var i = 0; i < count; i += width)
            {
                sum = TLanes.MultiplyAdd(TLanes.Load(row + i), TLanes.Load(factor + i), sum);
            }

            sizes[k] += TLanes.Sum(sum);
        }
    }

    /// <summary>dot[i] /= sum[i]: the mean upstream gradient of a pixel's classes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Mean(T* dot, T* sum, int count)
    {
        for (var i = 0; i < count; i += TLanes.Count)
        {
            TLanes.Store(dot + i, TLanes.Load(dot + i) / TLanes.Load(sum + i));
        }
    }

    /// <summary>
    /// e[k,i] *= back[i] + factor[i] (weight[k] − mean[i]). The difference comes first: in a pixel decided beyond doubt
    /// it is exactly 0.
    /// </summary>
    /// <typeparam name="TSize">Whether there is a second summand.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Scale<TSize>(T* e, T* back, T* factor, T* mean, T* weight, int classes, int stride, int count)
        where TSize : IFlag
    {
        var width = TLanes.Count;
        for (var i = 0; i < count; i += 2 * width)
        {
            var (firstBack, secondBack) = (TLanes.Load(back + i), TLanes.Load(back + i + width));
            TLanes firstFactor = default, secondFactor = default, firstMean = default, secondMean = default;
            if (TSize.IsSet)
            {
                (firstFactor, secondFactor) = (TLanes.Load(factor + i), TLanes.Load(factor + i + width));
                (firstMean, secondMean) = (TLanes.Load(mean + i), TLanes.Load(mean + i + width));
            }

            var row = e + i;
            for (var k = 0; k < classes; k++, row += stride)
            {
                var (first, second) = (firstBack, secondBack);
                if (TSize.IsSet)
                {
                    var size = TLanes.Broadcast(weight[k]);
                    first = TLanes.MultiplyAdd(firstFactor, size - firstMean, first);
                    second = TLanes.MultiplyAdd(secondFactor, size - secondMean, second);
                }

                TLanes.Store(row, first * TLanes.Load(row));
                TLanes.Store(row + width, second * TLanes.Load(row + width));
            }
        }
    }

    /// <summary>gradient[k,i] += e[k,i] factor[i] (weight[k] − mean[i]), the gradient times scale[i] before.</summary>
    /// <typeparam name="TScale">Whether there is a scale.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddSizeGradient<TScale>(T* e, T* factor, T* mean, T* weight, T* gradient, T* scale, int classes, int stride, int count)
        where TScale : IFlag
    {
        var width = TLanes.Count;
        for (var i = 0; i < count; i += 2 * width)
        {
            var (firstFactor, secondFactor) = (TLanes.Load(factor + i), TLanes.Load(factor + i + width));
            var (firstMean, secondMean) = (TLanes.Load(mean + i), TLanes.Load(mean + i + width));
            TLanes firstScale = default, secondScale = default;
            if (TScale.IsSet)
            {
                (firstScale, secondScale) = (TLanes.Load(scale + i), TLanes.Load(scale + i + width));
            }

            var power = e + i;
            var to = gradient + i;
            for (var k = 0; k < classes; k++, power += stride, to += stride)
            {
                var size = TLanes.Broadcast(weight[k]);
                var (first, second) = (TLanes.Load(to), TLanes.Load(to + width));
                if (TScale.IsSet)
                {
                    (first, second) = (first * firstScale, second * secondScale);
                }

                TLanes.Store(to, TLanes.MultiplyAdd(TLanes.Load(power), (size - firstMean) * firstFactor, first));
                TLanes.Store(to + width, TLanes.MultiplyAdd(TLanes.Load(power + width), (size - secondMean) * secondFactor, second));
            }
        }
    }

    /// <summary>row[label, i] = value[i], but where the pixel is ignored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void SetOwn(T* row, int stride, int count, int* index, int* group, T* value)
    {
        var width = TLanes.Count;
        for (var i = 0; i < count; i += width)
        {
            var common = group[i / width];
            if (common >= 0)
            {
                TLanes.Store(row + ((long)common * stride) + i, TLanes.Load(value + i));
            }
            else if (common == LabelTile<TLanes, T>.Mixed)
            {
                for (var lane = i; lane < i + width; lane++)
                {
                    if (index[lane] >= 0)
                    {
                        row[((long)index[lane] * stride) + lane] = value[lane];
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* address, int bytes)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch1(address);
            if (bytes > 64)
            {
                Sse.Prefetch1(address + 64);
            }
        }
    }
}
