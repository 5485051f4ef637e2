using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>
/// What each pixel of a softmax tile adds to the statistics of its own class, and the gradient of that. With
/// d = z_y − max and s = Σ exp(z − max): p = exp(d)/s, 1 − p = r/s with r the sum without class y, and −log p = log s − d, or
/// log(1 + r) where y has the largest logit: there s has lost the digits of r to its 1.
/// </summary>
internal static unsafe class SoftmaxOwn<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>So many vectors are summed in the type of the kernel; equal numbers, as saturated pixels give, would all be rounded one way.</summary>
    private const int LongestRun = 16;

    /// <summary>Adds 1, p, −log p and the focal term of each pixel to its class.</summary>
    /// <param name="own">z_y of each pixel.</param>
    /// <param name="max">The largest logit of each pixel.</param>
    /// <param name="sum">s.</param>
    /// <param name="lower">The part of s that comes from logits below the largest.</param>
    /// <param name="index">Labels.</param>
    /// <param name="group">Labels of vectors.</param>
    /// <param name="count">Pixels, a multiple of the vector.</param>
    /// <param name="focal">γ and smoothing.</param>
    /// <param name="targets">Sizes by class.</param>
    /// <param name="sums">Sums by class.</param>
    /// <param name="scratch">Three vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddSums(T* own, T* max, T* sum, T* lower, int* index, int* group, int count, FocalShape focal, double* targets, OwnSums sums, T* scratch)
    {
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
            var d = TLanes.Load(own + i) - TLanes.Load(max + i);
            var surprise = Surprise(d, total, below);
            TLanes p = default, term = default;
            if (sums.Overlap != null || sums.Focal != null)
            {
                var power = LaneMath<TLanes, T>.Power2(d, TLanes.Of(LaneMath<TLanes, T>.Log2E));
                p = power / total;
                if (sums.Focal != null)
                {
                    term = SoftmaxFocal<TLanes, T>.Term(p, Others(d, power, total, below) / total, surprise, focal);
                }
            }

            if (common < 0)
            {
                TLanes.Store(scratch, p);
                TLanes.Store(scratch + width, surprise);
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
            likelihood += surprise;
            focals += term;
        }

        Flush(current, overlap, likelihood, focals, sums);
    }

    /// <summary>Adds 1 for each pixel to its class.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddTargets(int* index, int* group, int count, double* targets)
    {
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

    /// <summary>
    /// With c the gradient of the sums to z_y apart from the softmax, the gradient to z_k is back exp(z_k − max) with
    /// back = −c/s, but for the own class, where it is c (1 − p) = back · −r. Puts back, and into own[i] this −r; where the
    /// rows get the gradient of a size too, into own[i] the whole gradient of the own class. Ignored pixels have back = 0.
    /// </summary>
    /// <param name="own">z_y of each pixel, then see above.</param>
    /// <param name="max">The largest logit of each pixel.</param>
    /// <param name="sum">s.</param>
    /// <param name="lower">The part of s that comes from logits below the largest.</param>
    /// <param name="label">Labels as numbers.</param>
    /// <param name="index">Labels.</param>
    /// <param name="group">Labels of vectors.</param>
    /// <param name="count">Pixels, a multiple of the vector.</param>
    /// <param name="focal">γ and smoothing.</param>
    /// <param name="upstream">Gradients of the sums by class; null where there is none.</param>
    /// <param name="weight">Gradients of the size by class; null where there is none.</param>
    /// <param name="mean">Their mean over the classes of each pixel.</param>
    /// <param name="back">See above.</param>
    /// <param name="scratch">Three vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Gradient(T* own, T* max, T* sum, T* lower, T* label, int* index, int* group, int count, FocalShape focal, OwnSums upstream, T* weight, T* mean, T* back, T* scratch)
    {
        var width = TLanes.Count;
        for (var i = 0; i < count; i += width)
        {
            var (total, below) = (TLanes.Load(sum + i), TLanes.Load(lower + i));
            var d = TLanes.Load(own + i) - TLanes.Load(max + i);
            var power = LaneMath<TLanes, T>.Power2(d, TLanes.Of(LaneMath<TLanes, T>.Log2E));
            var others = Others(d, power, total, below);
            var c = default(TLanes);
            if (!upstream.IsEmpty)
            {
                LoadUpstream(index + i, group[i / width], upstream, scratch, out var overlap, out var likelihood, out var focals);
                c = -likelihood;
                if (upstream.Overlap != null || upstream.Focal != null)
                {
                    var p = power / total;
                    c = TLanes.MultiplyAdd(overlap, p, c);
                    if (upstream.Focal != null)
                    {
                        c -= focals * SoftmaxFocal<TLanes, T>.Descent(p, others / total, Surprise(d, total, below), focal);
                    }
                }
            }

            var isIgnored = TLanes.Less(TLanes.Load(label + i), default);
            var factor = TLanes.Select(isIgnored, default, -(c / total));
            TLanes.Store(back + i, factor);
            var whole = -others;
            if (weight != null)
            {
                var slope = LoadWeight(index + i, group[i / width], weight, scratch) - TLanes.Load(mean + i);
                whole = TLanes.MultiplyAdd(whole, factor, slope * (power / total));
            }

            TLanes.Store(own + i, whole);
        }
    }

    /// <summary>−log p</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Surprise(TLanes d, TLanes total, TLanes lower) =>
        WhereSure(d, total, LaneMath<TLanes, T>.LogOnePlus(lower), LaneMath<TLanes, T>.Log(total) - d);

    /// <summary>r, the sum without the own class.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Others(TLanes d, TLanes power, TLanes total, TLanes lower) => WhereSure(d, total, lower, total - power);

    /// <summary>The first where the own class has the largest logit, it alone, and most of the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes WhereSure(TLanes d, TLanes total, TLanes sure, TLanes other) =>
        TLanes.Select(TLanes.Equal(d, default), TLanes.Select(TLanes.Less(total, TLanes.Of(1.5)), sure, other), other);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadUpstream(int* index, int common, OwnSums upstream, T* scratch, out TLanes overlap, out TLanes likelihood, out TLanes focals)
    {
        if (common == LabelTile<TLanes, T>.Mixed)
        {
            Gather(index, upstream, scratch);
            overlap = TLanes.Load(scratch);
            likelihood = TLanes.Load(scratch + TLanes.Count);
            focals = TLanes.Load(scratch + (2 * TLanes.Count));
            return;
        }

        var k = Math.Max(common, 0);
        overlap = TLanes.Of(upstream.Overlap == null ? 0 : upstream.Overlap[k]);
        likelihood = TLanes.Of(upstream.NegativeLogLikelihood == null ? 0 : upstream.NegativeLogLikelihood[k]);
        focals = TLanes.Of(upstream.Focal == null ? 0 : upstream.Focal[k]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes LoadWeight(int* index, int common, T* weight, T* scratch)
    {
        if (common != LabelTile<TLanes, T>.Mixed)
        {
            return TLanes.Broadcast(weight[Math.Max(common, 0)]);
        }

        for (var lane = 0; lane < TLanes.Count; lane++)
        {
            scratch[lane] = weight[Math.Max(index[lane], 0)];
        }

        return TLanes.Load(scratch);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gather(int* index, OwnSums upstream, T* scratch)
    {
        for (var lane = 0; lane < TLanes.Count; lane++)
        {
            var k = Math.Max(index[lane], 0);
            Set(scratch + lane, upstream.Overlap, k);
            Set(scratch + TLanes.Count + lane, upstream.NegativeLogLikelihood, k);
            Set(scratch + (2 * TLanes.Count) + lane, upstream.Focal, k);
        }
    }

    private static void Set(T* target, double* values, int k)
    {
        var value = values == null ? 0 : values[k];
        if (typeof(T) == typeof(float))
        {
            *(float*)target = (float)value;
        }
        else
        {
            *(double*)target = value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddEach(int* index, double* targets, OwnSums sums, T* scratch)
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
    private static void Flush(int k, TLanes overlap, TLanes likelihood, TLanes focals, OwnSums sums)
    {
        if (k >= 0)
        {
            sums.At(k).Add(TLanes.Sum(overlap), TLanes.Sum(likelihood), TLanes.Sum(focals));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Value(T value) => typeof(T) == typeof(float) ? Unsafe.BitCast<T, float>(value) : Unsafe.BitCast<T, double>(value);
}
