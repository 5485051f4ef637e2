using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>
/// Rows of the probabilities of a softmax from its powers. With d_k = z_k − max, e_k = exp(d_k), s the sum of all and r that of the
/// powers below the largest logit:
/// <code>
/// p_k = e_k / s      −log p_k = log s − d_k      1 − p_k = r / s where class k alone has the largest logit, else (s − e_k) / s
/// log s = log(1 + r) where s &lt; 1.5, one logarithm for all classes
/// </code>
/// </summary>
internal static unsafe class GeneralSoftmax<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>Below this sum of powers one class alone has the largest logit: it has the power 1, and no other has.</summary>
    internal const double Sure = 1.5;

    /// <summary>inverse[i] = 1/s, and log s.</summary>
    /// <typeparam name="TLog">Whether log s is wanted.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void SetPixels<TLog>(in TileSoftmax<T> softmax, in GeneralTile<T> general, int count)
        where TLog : IFlag
    {
        T* sum = softmax.Sum, lower = softmax.Lower, inverse = general.Inverse, logSum = general.LogSum;
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var total = TLanes.Load(sum + i);
            TLanes.Store(inverse + i, TLanes.Of(1) / total);
            if (TLog.IsSet)
            {
                TLanes.Store(logSum + i, LogSum(total, TLanes.Load(lower + i)));
            }
        }
    }

    /// <summary>factor[i] = numerator · w / s</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void SetFactor(in TileSoftmax<T> softmax, double numerator, T* weight, int count)
    {
        T* sum = softmax.Sum, factor = softmax.Factor;
        var tau = TLanes.Of(numerator);
        for (var i = 0; i < count; i += TLanes.Count)
        {
            TLanes.Store(factor + i, tau * TLanes.Load(weight + i) / TLanes.Load(sum + i));
        }
    }

    /// <summary>The rows p, 1 − p and −log p of a class.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void SetRow(in Tile<TLanes, T> tile, in GeneralTile<T> general, int k, int count)
    {
        T* z = tile.Logits + ((long)k * tile.Stride), e = tile.Softmax.Powers + ((long)k * tile.Stride), max = tile.Max;
        T* sum = tile.Softmax.Sum, lower = tile.Softmax.Lower, inverse = general.Inverse, logSum = general.LogSum;
        T* probability = general.Probability, oneMinusP = general.OneMinusP, negativeLog = general.NegativeLog;
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var (power, total, over) = (TLanes.Load(e + i), TLanes.Load(sum + i), TLanes.Load(inverse + i));
            var others = TLanes.SelectEqual(power, SurePower(total), TLanes.Load(lower + i), total - power);
            TLanes.Store(probability + i, power * over);
            TLanes.Store(oneMinusP + i, others * over);
            TLanes.Store(negativeLog + i, TLanes.Load(logSum + i) - (TLanes.Load(z + i) - TLanes.Load(max + i)));
        }
    }

    /// <summary>values[i] = w p of a class.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void SetWeighted(in Tile<TLanes, T> tile, in GeneralTile<T> general, int k, int count)
    {
        T* e = tile.Softmax.Powers + ((long)k * tile.Stride), inverse = general.Inverse, weight = general.Weight, values = general.Values;
        for (var i = 0; i < count; i += TLanes.Count)
        {
            TLanes.Store(values + i, TLanes.Load(weight + i) * (TLanes.Load(e + i) * TLanes.Load(inverse + i)));
        }
    }

    /// <summary>
    /// Adds the sums of soft labels of all classes but terms: the target sizes Σ w y, and where they are wanted Σ w p, Σ w y p and
    /// Σ w y · −log p.
    /// </summary>
    /// <typeparam name="TProbability">Whether one with p is wanted.</typeparam>
    /// <typeparam name="TLog">Whether the last one is wanted.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddSums<TProbability, TLog>(in Tile<TLanes, T> tile, in GeneralTile<T> general, int count, double* targets, double* sizes, TrueClassSums sums)
        where TProbability : IFlag
        where TLog : IFlag
    {
        T* weight = general.Weight, inverse = general.Inverse, logSum = general.LogSum, max = tile.Max;
        T* z = tile.Logits, e = tile.Softmax.Powers, labels = general.Labels;
        for (var k = 0; k < tile.Rows; k++, z += tile.Stride, e += tile.Stride, labels += tile.Stride)
        {
            TLanes target = default, size = default, overlap = default, likelihood = default;
            for (var i = 0; i < count; i += TLanes.Count)
            {
                var w = TLanes.Load(weight + i);
                var m = w * TLanes.Load(labels + i);
                target += m;
                if (TProbability.IsSet)
                {
                    var p = TLanes.Load(e + i) * TLanes.Load(inverse + i);
                    size = TLanes.MultiplyAdd(w, p, size);
                    overlap = TLanes.MultiplyAdd(m, p, overlap);
                }

                if (TLog.IsSet)
                {
                    var negativeLog = TLanes.Load(logSum + i) - (TLanes.Load(z + i) - TLanes.Load(max + i));
                    likelihood += TLanes.SelectEqual(m, default, default, m * negativeLog);
                }
            }

            targets[k] += TLanes.Sum(target);
            sums.At(k).Add(TLanes.Sum(overlap), TLanes.Sum(likelihood), 0);
            if (sizes != null)
            {
                sizes[k] += TLanes.Sum(size);
            }
        }
    }

    /// <summary>log s.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes LogSum(TLanes sum, TLanes lower) =>
        TLanes.SelectLess(sum, TLanes.Of(Sure), LaneMath<TLanes, T>.LogOnePlus(lower), LaneMath<TLanes, T>.Log(sum));

    /// <summary>The power of a class that alone has the largest logit, and else no power.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes SurePower(TLanes sum) => TLanes.SelectLess(sum, TLanes.Of(Sure), TLanes.Of(1), TLanes.Of(-1));
}
