using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>
/// Terms of a softmax that read the true class of each pixel alone, weighted: rows of its p, 1 − p and −log p, and sums and upstream
/// gradients by class. Vectors of pixels with one label, as most are, go through registers; others are taken apart.
/// </summary>
internal static unsafe class GeneralTrueClass<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>See <see cref="SoftmaxTrueClass{TLanes, T}"/>.</summary>
    private const int LongestRun = 16;

    /// <summary>The rows p and 1 − p of the true class, from its logits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void SetProbability(in Tile<TLanes, T> tile, in GeneralTile<T> general, int count)
    {
        T* logit = tile.TrueClass, max = tile.Max, sum = tile.Softmax.Sum, lower = tile.Softmax.Lower, inverse = general.Inverse;
        T* probability = general.Probability, oneMinusP = general.OneMinusP;
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var (total, over) = (TLanes.Load(sum + i), TLanes.Load(inverse + i));
            var d = TLanes.Load(logit + i) - TLanes.Load(max + i);
            var power = LaneMath<TLanes, T>.Power2(d, TLanes.Of(LaneMath<TLanes, T>.Log2E));
            TLanes.Store(probability + i, power * over);
            TLanes.Store(oneMinusP + i, TrueClassProbability<TLanes, T>.Others(d, power, total, TLanes.Load(lower + i)) * over);
        }
    }

    /// <summary>The row −log p of the true class, from its logits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void SetNegativeLog(in Tile<TLanes, T> tile, in GeneralTile<T> general, int count)
    {
        T* logit = tile.TrueClass, max = tile.Max, sum = tile.Softmax.Sum, lower = tile.Softmax.Lower, negativeLog = general.NegativeLog;
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var d = TLanes.Load(logit + i) - TLanes.Load(max + i);
            TLanes.Store(negativeLog + i, TrueClassProbability<TLanes, T>.NegativeLog(d, TLanes.Load(sum + i), TLanes.Load(lower + i)));
        }
    }

    /// <summary>sums[y_i] += values[i]</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Add(in Tile<TLanes, T> tile, T* values, int count, double* sums)
    {
        int* index = tile.Index, group = tile.Group;
        var (current, run, sum) = (LabelTile<TLanes, T>.Ignored, 0, default(TLanes));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var common = group[i / TLanes.Count];
            if (common >= 0)
            {
                if (common != current || run == LongestRun)
                {
                    Flush(current, sum, sums);
                    (current, run, sum) = (common, 0, default);
                }

                run++;
                sum += TLanes.Load(values + i);
            }
            else if (common == LabelTile<TLanes, T>.Mixed)
            {
                for (var lane = i; lane < i + TLanes.Count; lane++)
                {
                    if (index[lane] >= 0)
                    {
                        sums[index[lane]] += RowMath<TLanes, T>.Value(values[lane]);
                    }
                }
            }
        }

        Flush(current, sum, sums);
    }

    /// <summary>target[i] = numbers[y_i], any of them where the pixel is ignored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Spread(in Tile<TLanes, T> tile, double* numbers, int count, T* target)
    {
        int* index = tile.Index, group = tile.Group;
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var common = group[i / TLanes.Count];
            if (common != LabelTile<TLanes, T>.Mixed)
            {
                TLanes.Store(target + i, TLanes.Of(numbers[Math.Max(common, 0)]));
                continue;
            }

            for (var lane = i; lane < i + TLanes.Count; lane++)
            {
                TLanes.StoreOne(target + lane, numbers[Math.Max(index[lane], 0)]);
            }
        }
    }

    /// <summary>The same of numbers in the type of the kernel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void SpreadSizes(in Tile<TLanes, T> tile, T* numbers, int count, T* target)
    {
        int* index = tile.Index, group = tile.Group;
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var common = group[i / TLanes.Count];
            if (common != LabelTile<TLanes, T>.Mixed)
            {
                TLanes.Store(target + i, TLanes.Broadcast(numbers[Math.Max(common, 0)]));
                continue;
            }

            for (var lane = i; lane < i + TLanes.Count; lane++)
            {
                target[lane] = numbers[Math.Max(index[lane], 0)];
            }
        }
    }

    /// <summary>slopes[y_i, i] += values[i]</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddToRows(in Tile<TLanes, T> tile, T* values, int count, T* slopes)
    {
        int* index = tile.Index, group = tile.Group;
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var common = group[i / TLanes.Count];
            if (common >= 0)
            {
                var row = slopes + ((long)common * tile.Stride) + i;
                TLanes.Store(row, TLanes.Load(row) + TLanes.Load(values + i));
                continue;
            }

            for (var lane = i; lane < i + TLanes.Count && common == LabelTile<TLanes, T>.Mixed; lane++)
            {
                if (index[lane] >= 0)
                {
                    var row = slopes + ((long)index[lane] * tile.Stride) + lane;
                    TLanes.StoreOne(row, RowMath<TLanes, T>.Value(*row) + RowMath<TLanes, T>.Value(values[lane]));
                }
            }
        }
    }

    /// <summary>
    /// Equations 6 and 7 of TileWalk.SoftmaxGradient.cs from c of the true class: scale[i] = −c/s, and trueClass[i] becomes −r, which
    /// is yet to be multiplied by the scale, or with the gradient of a size the whole gradient of the true class.
    /// </summary>
    /// <typeparam name="TSize">Whether there is the gradient of a size.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void SetScale<TSize>(in Tile<TLanes, T> tile, in GeneralTile<T> general, int count)
        where TSize : IFlag
    {
        T* slope = general.TrueSlope, inverse = general.Inverse, probability = general.Probability, oneMinusP = general.OneMinusP;
        T* sum = tile.Softmax.Sum, mean = tile.Softmax.Mean, weight = general.Weight, sizeUpstream = general.Upstream;
        T* scale = tile.Scale, trueClass = tile.TrueClass;
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var (c, rest) = (TLanes.Load(slope + i), TLanes.Load(oneMinusP + i));
            TLanes.Store(scale + i, -(c * TLanes.Load(inverse + i)));
            if (TSize.IsSet)
            {
                var size = (TLanes.Load(sizeUpstream + i) - TLanes.Load(mean + i)) * TLanes.Load(weight + i);
                TLanes.Store(trueClass + i, TLanes.MultiplyAdd(c, rest, size * TLanes.Load(probability + i)));
            }
            else
            {
                TLanes.Store(trueClass + i, -(rest * TLanes.Load(sum + i)));
            }
        }
    }

    private static void Flush(int k, TLanes sum, double* sums)
    {
        if (k >= 0)
        {
            sums[k] += TLanes.Sum(sum);
        }
    }
}
