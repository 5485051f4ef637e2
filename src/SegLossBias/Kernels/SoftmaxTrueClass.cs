using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>
/// The statistics of a softmax that read the true class y of each pixel alone: its number, p, −log p and the focal term.
/// Vectors of pixels with one label, as most are, add to registers; others are taken apart.
/// </summary>
internal static unsafe class SoftmaxTrueClass<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>So many vectors are summed in the type of the kernel; equal numbers, as saturated pixels give, would all be rounded one way.</summary>
    private const int LongestRun = 16;

    /// <summary>trueClass[i] = z[y, i]; any logit where the pixel is ignored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void PickLogits(in Tile<TLanes, T> tile, int count)
    {
        T* z = tile.Logits, trueClass = tile.TrueClass;
        int* index = tile.Index, group = tile.Group;
        var stride = tile.LogitStride;
        var width = TLanes.Count;
        for (var i = 0; i < count; i += width)
        {
            var common = group[i / width];
            if (common >= 0)
            {
                TLanes.Store(trueClass + i, TLanes.Load(z + (common * stride) + i));
                continue;
            }

            for (var lane = i; lane < i + width; lane++)
            {
                trueClass[lane] = z[(Math.Max(index[lane], 0) * stride) + lane];
            }
        }
    }

    /// <summary>Adds 1, p, −log p and the focal term of each pixel to its class. In scalars, for each pixel that counts:
    /// <code>
    /// var d = z[y] - max;
    /// targets[y] += 1;
    /// overlap[y] += exp(d) / sum;
    /// negativeLogLikelihood[y] += log(sum) - d;
    /// </code>
    /// </summary>
    /// <param name="tile">Has everything, the logits of the true classes too.</param>
    /// <param name="count">Pixels, a multiple of the vector.</param>
    /// <param name="focal">γ and smoothing.</param>
    /// <param name="targets">Sizes by class.</param>
    /// <param name="sums">Sums by class.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddSums(in Tile<TLanes, T> tile, int count, FocalShape focal, double* targets, TrueClassSums sums)
    {
        T* logit = tile.TrueClass, max = tile.Max, sum = tile.Softmax.Sum, lower = tile.Softmax.Lower;
        T* scratch = tile.Vectors;
        int* index = tile.Index, group = tile.Group;
        var width = TLanes.Count;
        var (current, run) = (LabelTile<TLanes, T>.Ignored, 0);
        TLanes overlap = default, likelihood = default, focals = default;
        for (var i = 0; i < count; i += width)
        {
            var common = group[i / width];
            if (common == LabelTile<TLanes, T>.Ignored)
            {
                continue;
            }

            var (total, below) = (TLanes.Load(sum + i), TLanes.Load(lower + i));
            var d = TLanes.Load(logit + i) - TLanes.Load(max + i);
            var negativeLog = TrueClassProbability<TLanes, T>.NegativeLog(d, total, below);
            TLanes p = default, term = default;
            if (sums.Overlap != null || sums.Focal != null)
            {
                var power = LaneMath<TLanes, T>.Power2(d, TLanes.Of(LaneMath<TLanes, T>.Log2E));
                p = power / total;
                if (sums.Focal != null)
                {
                    var oneMinusP = TrueClassProbability<TLanes, T>.Others(d, power, total, below) / total;
                    term = SoftmaxFocal<TLanes, T>.Term(p, oneMinusP, negativeLog, focal);
                }
            }

            if (common < 0)
            {
                TLanes.Store(scratch, p);
                TLanes.Store(scratch + width, negativeLog);
                TLanes.Store(scratch + (2 * width), term);
                AddEach(index + i, targets, sums, scratch);
                continue;
            }

            if (common != current || run == LongestRun)
            {
                Flush(current, overlap, likelihood, focals, sums);
                (overlap, likelihood, focals) = (default, default, default);
                (current, run) = (common, 0);
            }

            run++;
            targets[common] += width;
            overlap += p;
            likelihood += negativeLog;
            focals += term;
        }

        Flush(current, overlap, likelihood, focals, sums);
    }

    /// <summary>Adds 1 for each pixel to its class, where nothing else is wanted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddTargets(in Tile<TLanes, T> tile, int count, double* targets)
    {
        int* index = tile.Index, group = tile.Group;
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var common = group[i / TLanes.Count];
            if (common >= 0)
            {
                targets[common] += TLanes.Count;
            }
            else if (common == LabelTile<TLanes, T>.Mixed)
            {
                for (var lane = i; lane < i + TLanes.Count; lane++)
                {
                    if (index[lane] >= 0)
                    {
                        targets[index[lane]]++;
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddEach(int* index, double* targets, TrueClassSums sums, T* scratch)
    {
        for (var lane = 0; lane < TLanes.Count; lane++)
        {
            var k = index[lane];
            if (k >= 0)
            {
                targets[k]++;
                sums.At(k).Add(Value(scratch[lane]), Value(scratch[TLanes.Count + lane]), Value(scratch[(2 * TLanes.Count) + lane]));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Flush(int k, TLanes overlap, TLanes likelihood, TLanes focals, TrueClassSums sums)
    {
        if (k >= 0)
        {
            sums.At(k).Add(TLanes.Sum(overlap), TLanes.Sum(likelihood), TLanes.Sum(focals));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Value(T value) => typeof(T) == typeof(float) ? Unsafe.BitCast<T, float>(value) : Unsafe.BitCast<T, double>(value);
}
