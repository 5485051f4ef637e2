using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>
/// The gradient of the true-class statistics of a softmax, and with it that of the size with τ = 1; equation numbers are
/// those of TileWalk.SoftmaxGradient.cs.
/// </summary>
internal static unsafe class SoftmaxTrueClassGradient<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>
    /// Equation 6: scale[i] = −c/s, 0 where the pixel is ignored. trueClass[i] becomes −r, which is yet to be multiplied by the
    /// scale; with the gradient of a size it becomes the whole gradient of the true class, equation 7.
    /// </summary>
    /// <typeparam name="TSize">Whether there is the gradient of a size.</typeparam>
    /// <param name="tile">Has everything, the logits of the true classes too.</param>
    /// <param name="count">Pixels, a multiple of the vector.</param>
    /// <param name="focal">γ and smoothing.</param>
    /// <param name="upstream">Gradients of the sums by class; null where there is none.</param>
    /// <param name="everywhere">What <see cref="SoftmaxEverywhere{TLanes, T}"/> takes from c of every pixel; 0 where there is none.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Set<TSize>(in Tile<TLanes, T> tile, int count, FocalShape focal, TrueClassSums upstream, double everywhere)
        where TSize : IFlag
    {
        T* trueClass = tile.TrueClass, max = tile.Max, label = tile.Label, scale = tile.Scale;
        T* sum = tile.Softmax.Sum, lower = tile.Softmax.Lower, mean = tile.Softmax.Mean, sizeUpstream = tile.Softmax.Upstream;
        T* scratch = tile.Vectors;
        int* index = tile.Index, group = tile.Group;
        var width = TLanes.Count;
        for (var i = 0; i < count; i += width)
        {
            var (total, below) = (TLanes.Load(sum + i), TLanes.Load(lower + i));
            var d = TLanes.Load(trueClass + i) - TLanes.Load(max + i);
            var power = LaneMath<TLanes, T>.Power2(d, TLanes.Of(LaneMath<TLanes, T>.Log2E));
            var others = TrueClassProbability<TLanes, T>.Others(d, power, total, below);
            var c = TLanes.Of(-everywhere);
            if (!upstream.IsEmpty)
            {
                LoadUpstream(index + i, group[i / width], upstream, scratch, out var overlap, out var likelihood, out var focals);
                c -= likelihood;
                if (upstream.Overlap != null || upstream.Focal != null)
                {
                    var p = power / total;
                    c = TLanes.MultiplyAdd(overlap, p, c);
                    if (upstream.Focal != null)
                    {
                        var negativeLog = TrueClassProbability<TLanes, T>.NegativeLog(d, total, below);
                        c -= focals * SoftmaxFocal<TLanes, T>.Descent(p, others / total, negativeLog, focal);
                    }
                }
            }

            var factor = TLanes.ZeroWhereLess(TLanes.Load(label + i), default, -(c / total));
            TLanes.Store(scale + i, factor);
            var whole = -others;
            if (TSize.IsSet)
            {
                var slope = LoadSizeUpstream(index + i, group[i / width], sizeUpstream, scratch) - TLanes.Load(mean + i);
                whole = TLanes.MultiplyAdd(whole, factor, slope * (power / total));
            }

            TLanes.Store(trueClass + i, whole);
        }
    }

    /// <summary>gradient[y, i] = trueClass[i], but where the pixel is ignored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Put(in Tile<TLanes, T> tile, int count)
    {
        T* gradient = tile.Gradient, trueClass = tile.TrueClass;
        int* index = tile.Index, group = tile.Group;
        var stride = tile.Stride;
        var width = TLanes.Count;
        for (var i = 0; i < count; i += width)
        {
            var common = group[i / width];
            if (common >= 0)
            {
                TLanes.Store(gradient + ((long)common * stride) + i, TLanes.Load(trueClass + i));
            }
            else if (common == LabelTile<TLanes, T>.Mixed)
            {
                for (var lane = i; lane < i + width; lane++)
                {
                    if (index[lane] >= 0)
                    {
                        gradient[((long)index[lane] * stride) + lane] = trueClass[lane];
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadUpstream(int* index, int common, TrueClassSums upstream, T* scratch, out TLanes overlap, out TLanes likelihood, out TLanes focals)
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
    private static TLanes LoadSizeUpstream(int* index, int common, T* upstream, T* scratch)
    {
        if (common != LabelTile<TLanes, T>.Mixed)
        {
            return TLanes.Broadcast(upstream[Math.Max(common, 0)]);
        }

        for (var lane = 0; lane < TLanes.Count; lane++)
        {
            scratch[lane] = upstream[Math.Max(index[lane], 0)];
        }

        return TLanes.Load(scratch);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gather(int* index, TrueClassSums upstream, T* scratch)
    {
        for (var lane = 0; lane < TLanes.Count; lane++)
        {
            var k = Math.Max(index[lane], 0);
            TLanes.StoreOne(scratch + lane, upstream.Overlap == null ? 0 : upstream.Overlap[k]);
            TLanes.StoreOne(scratch + TLanes.Count + lane, upstream.NegativeLogLikelihood == null ? 0 : upstream.NegativeLogLikelihood[k]);
            TLanes.StoreOne(scratch + (2 * TLanes.Count) + lane, upstream.Focal == null ? 0 : upstream.Focal[k]);
        }
    }
}
