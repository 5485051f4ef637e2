using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>
/// The gradient of any statistics of a softmax from the slopes c_k = p_k · dL/dp_k of all classes; equation 3 of
/// TileWalk.SoftmaxGradient.cs in other words:
/// <code>
/// dL/dz_j = c_j (1 − p_j) − p_j Σ_{k≠j} c_k
/// </code>
/// Where a class alone has the largest logit, 1 − p_j and the sum over the others are added up without it: as differences they would
/// have no digits left in a pixel that is decided.
/// </summary>
internal static unsafe class GeneralSoftmaxGradient<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>c_k of size, overlap and negative log-likelihood: w p (u_size + y u_overlap) − w y u_likelihood.</summary>
    /// <typeparam name="TSoft">Whether there are the last two; with hard labels they go by the true class.</typeparam>
    /// <param name="tile">Has the powers, and the upstream gradients of the sizes.</param>
    /// <param name="general">Has weights, labels and the other upstream gradients; its slopes are set.</param>
    /// <param name="count">Pixels, a multiple of the vector.</param>
    /// <param name="hasSizes">Whether there are sizes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void SetSlopes<TSoft>(in Tile<TLanes, T> tile, in GeneralTile<T> general, int count, bool hasSizes)
        where TSoft : IFlag
    {
        T* weight = general.Weight, inverse = general.Inverse, e = tile.Softmax.Powers, labels = general.Labels, slopes = general.Slopes;
        for (var k = 0; k < tile.Rows; k++, e += tile.Stride, labels += tile.Stride, slopes += tile.Stride)
        {
            var size = hasSizes ? TLanes.Broadcast(tile.Softmax.Upstream[k]) : default;
            var (overlap, likelihood) = (TLanes.Broadcast(general.ClassOverlap[k]), TLanes.Broadcast(general.ClassLikelihood[k]));
            for (var i = 0; i < count; i += TLanes.Count)
            {
                var (w, p) = (TLanes.Load(weight + i), TLanes.Load(e + i) * TLanes.Load(inverse + i));
                var y = TSoft.IsSet ? TLanes.Load(labels + i) : default;
                TLanes.Store(slopes + i, w * (TSoft.IsSet ? Slope<Yes>(p, y, size, overlap, likelihood) : p * size));
            }
        }
    }

    /// <summary>The gradient of size, overlap and negative log-likelihood of soft labels takes the place of the powers; no slope is kept.</summary>
    /// <typeparam name="TProbability">Whether there are the first two.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void SetLinear<TProbability>(in Tile<TLanes, T> tile, in GeneralTile<T> general, int count, bool hasSizes)
        where TProbability : IFlag
    {
        T* e = tile.Gradient, labels = general.Labels, inverse = general.Inverse, weight = general.Weight;
        T* sum = tile.Softmax.Sum, lower = tile.Softmax.Lower;
        T* sizes = tile.Softmax.Upstream, overlaps = general.ClassOverlap, likelihoods = general.ClassLikelihood;
        var (classes, stride) = (tile.Rows, tile.Stride);
        if (!hasSizes)
        {
            new Span<T>(sizes, classes).Clear();
        }

        var block = ClassBlock.Length(classes);
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var over = TLanes.Load(inverse + i);
            TLanes all = default, below = default;
            T* power = e + i, label = labels + i;
            for (var first = 0; first < classes; first += block)
            {
                TLanes blockSum = default, blockBelow = default;
                for (var k = first; k < Math.Min(first + block, classes); k++, power += stride, label += stride)
                {
                    var p = TLanes.Load(power);
                    var c = Slope<TProbability>(p * over, TLanes.Load(label), TLanes.Broadcast(sizes[k]), TLanes.Broadcast(overlaps[k]), TLanes.Broadcast(likelihoods[k]));
                    blockSum += c;
                    blockBelow = TLanes.AddWhereLess(blockBelow, p, TLanes.Of(1), c);
                }

                all += blockSum;
                below += blockBelow;
            }

            var (total, rest, scale) = (TLanes.Load(sum + i), TLanes.Load(lower + i), over * TLanes.Load(weight + i));
            var sure = GeneralSoftmax<TLanes, T>.SurePower(total);
            power = e + i;
            label = labels + i;
            for (var k = 0; k < classes; k++, power += stride, label += stride)
            {
                var p = TLanes.Load(power);
                var c = Slope<TProbability>(p * over, TLanes.Load(label), TLanes.Broadcast(sizes[k]), TLanes.Broadcast(overlaps[k]), TLanes.Broadcast(likelihoods[k]));
                var othersPower = TLanes.SelectEqual(p, sure, rest, total - p);
                var othersSlope = TLanes.SelectEqual(p, sure, below, all - c);
                TLanes.Store(power, ((c * othersPower) - (p * othersSlope)) * scale);
            }
        }
    }

    /// <summary>The gradient takes the place of the powers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Finish(in Tile<TLanes, T> tile, in GeneralTile<T> general, int count)
    {
        T* e = tile.Gradient, slopes = general.Slopes, inverse = general.Inverse;
        T* sum = tile.Softmax.Sum, lower = tile.Softmax.Lower;
        var (classes, stride) = (tile.Rows, tile.Stride);
        var block = ClassBlock.Length(classes);
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var (all, below) = (default(TLanes), default(TLanes));
            for (var first = 0; first < classes; first += block)
            {
                AddBlock(e + ((long)first * stride) + i, slopes + ((long)first * stride) + i, stride, Math.Min(block, classes - first), ref all, ref below);
            }

            var (total, rest, over) = (TLanes.Load(sum + i), TLanes.Load(lower + i), TLanes.Load(inverse + i));
            var sure = GeneralSoftmax<TLanes, T>.SurePower(total);
            T* power = e + i, slope = slopes + i;
            for (var k = 0; k < classes; k++, power += stride, slope += stride)
            {
                var (p, c) = (TLanes.Load(power), TLanes.Load(slope));
                var othersPower = TLanes.SelectEqual(p, sure, rest, total - p);
                var othersSlope = TLanes.SelectEqual(p, sure, below, all - c);
                TLanes.Store(power, ((c * othersPower) - (p * othersSlope)) * over);
            }
        }
    }

    /// <summary>Adds up the slopes, and those of classes whose power is below 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddBlock(T* power, T* slope, int stride, int classes, ref TLanes all, ref TLanes below)
    {
        TLanes sum = default, sumBelow = default;
        for (var k = 0; k < classes; k++, power += stride, slope += stride)
        {
            var c = TLanes.Load(slope);
            sum += c;
            sumBelow = TLanes.AddWhereLess(sumBelow, TLanes.Load(power), TLanes.Of(1), c);
        }

        all += sum;
        below += sumBelow;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Slope<TProbability>(TLanes p, TLanes y, TLanes size, TLanes overlap, TLanes likelihood)
        where TProbability : IFlag =>
        TProbability.IsSet ? TLanes.MultiplyAdd(p, TLanes.MultiplyAdd(y, overlap, size), -(y * likelihood)) : -(y * likelihood);
}
