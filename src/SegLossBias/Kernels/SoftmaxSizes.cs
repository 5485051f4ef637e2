using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>
/// The dense statistics of a softmax, the predicted sizes Σ_i p[k,i], and their gradient; equation numbers are those of
/// TileWalk.SoftmaxGradient.cs.
/// </summary>
internal static unsafe class SoftmaxSizes<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>factor[i] = numerator / sum[i], 0 where the pixel is ignored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void SetFactor(in Tile<TLanes, T> tile, in TileSoftmax<T> softmax, double numerator, int count)
    {
        T* sum = softmax.Sum, label = tile.Label, factor = softmax.Factor;
        var tau = TLanes.Of(numerator);
        for (var i = 0; i < count; i += TLanes.Count)
        {
            TLanes.Store(factor + i, TLanes.ZeroWhereLess(TLanes.Load(label + i), default, tau / TLanes.Load(sum + i)));
        }
    }

    /// <summary>sizes[k] += Σ_i e[k,i] factor[i]. Two classes at a time, four independent sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Add(in Tile<TLanes, T> tile, in TileSoftmax<T> softmax, int count, double* sizes)
    {
        T* e = softmax.Powers, factor = softmax.Factor;
        var (classes, stride) = (tile.Rows, tile.Stride);
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

    /// <summary>mean[i] /= sum[i]</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void DivideMean(in TileSoftmax<T> softmax, int count)
    {
        T* mean = softmax.Mean, sum = softmax.Sum;
        for (var i = 0; i < count; i += TLanes.Count)
        {
            TLanes.Store(mean + i, TLanes.Load(mean + i) / TLanes.Load(sum + i));
        }
    }

    /// <summary>
    /// Equation 4: gradient[k,i] += e[k,i] factor[i] (u[k] − mean[i]), where what is there may have to be multiplied by scale[i]
    /// first. The difference comes first: in a pixel decided beyond doubt it is exactly 0.
    /// </summary>
    /// <typeparam name="TScale">Whether it has to be.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddGradient<TScale>(in Tile<TLanes, T> tile, in TileSoftmax<T> softmax, int count)
        where TScale : IFlag
    {
        T* gradient = tile.Gradient, scale = tile.Scale;
        var (classes, stride) = (tile.Rows, tile.Stride);
        T* e = softmax.Powers, factor = softmax.Factor, mean = softmax.Mean, upstream = softmax.Upstream;
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
                var size = TLanes.Broadcast(upstream[k]);
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

    /// <summary>
    /// Equation 7 but for the true class: the powers with τ = 1 become the gradient, e[k,i] *= scale[i] + factor[i] (u[k] − mean[i]).
    /// </summary>
    /// <typeparam name="TSize">Whether there is a second summand.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ScalePowers<TSize>(in Tile<TLanes, T> tile, int count)
        where TSize : IFlag
    {
        var softmax = tile.Softmax;
        T* e = softmax.Powers, scale = tile.Scale;
        var (classes, stride) = (tile.Rows, tile.Stride);
        T* factor = softmax.Factor, mean = softmax.Mean, upstream = softmax.Upstream;
        var width = TLanes.Count;
        for (var i = 0; i < count; i += 2 * width)
        {
            var (firstScale, secondScale) = (TLanes.Load(scale + i), TLanes.Load(scale + i + width));
            TLanes firstFactor = default, secondFactor = default, firstMean = default, secondMean = default;
            if (TSize.IsSet)
            {
                (firstFactor, secondFactor) = (TLanes.Load(factor + i), TLanes.Load(factor + i + width));
                (firstMean, secondMean) = (TLanes.Load(mean + i), TLanes.Load(mean + i + width));
            }

            var row = e + i;
            for (var k = 0; k < classes; k++, row += stride)
            {
                var (first, second) = (firstScale, secondScale);
                if (TSize.IsSet)
                {
                    var size = TLanes.Broadcast(upstream[k]);
                    first = TLanes.MultiplyAdd(firstFactor, size - firstMean, first);
                    second = TLanes.MultiplyAdd(secondFactor, size - secondMean, second);
                }

                TLanes.Store(row, first * TLanes.Load(row));
                TLanes.Store(row + width, second * TLanes.Load(row + width));
            }
        }
    }
}
