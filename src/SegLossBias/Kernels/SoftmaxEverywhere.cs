using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>
/// The sums U[k] = Σ_i −log p[k,i] of a softmax over all pixels, whatever their label, and their gradient. With d = z − max and s the
/// sum of the powers, −log p[k,i] = log s[i] − d[k,i]: one logarithm for each pixel serves all classes. With u[k] the upstream
/// gradient and u = Σ_k u[k], equation 3 of TileWalk.SoftmaxGradient.cs is dL/dz[j,i] = u p[j,i] − u[j].
/// </summary>
internal static unsafe class SoftmaxEverywhere<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>sums[k] += Σ_i log s[i] − d[k,i] over the pixels that count. Neither summand is negative, so that no digits cancel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Add(in Tile<TLanes, T> tile, int count, double* sums)
    {
        T* label = tile.Label, max = tile.Max, z = tile.Logits;
        var logSums = SumOfLogs(tile, count);
        for (var k = 0; k < tile.Rows; k++, z += tile.LogitStride)
        {
            var below = default(TLanes);
            for (var i = 0; i < count; i += TLanes.Count)
            {
                below += TLanes.ZeroWhereLess(TLanes.Load(label + i), default, TLanes.Load(max + i) - TLanes.Load(z + i));
            }

            sums[k] += logSums + TLanes.Sum(below);
        }
    }

    /// <summary>
    /// Completes the gradient whose scale has the c of <see cref="SoftmaxTrueClassGradient{TLanes, T}"/>: that gives u p[j,i] but for the
    /// true class, where it gives u (p − 1).
    /// </summary>
    /// <typeparam name="TScale">Whether what is there has to be multiplied by <see cref="Tile{TLanes, T}.Scale"/> first.</typeparam>
    /// <param name="tile">Has the gradient.</param>
    /// <param name="count">Pixels, a multiple of the vector.</param>
    /// <param name="upstream">u[k].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddGradient<TScale>(in Tile<TLanes, T> tile, int count, double* upstream)
        where TScale : IFlag
    {
        T* gradient = tile.Gradient, scale = tile.Scale, label = tile.Label;
        var all = Total(upstream, tile.Rows);
        for (var k = 0; k < tile.Rows; k++, gradient += tile.Stride)
        {
            var (channel, ofTruth, ofOthers) = (TLanes.Of(k), TLanes.Of(all - upstream[k]), TLanes.Of(-upstream[k]));
            for (var i = 0; i < count; i += TLanes.Count)
            {
                var labels = TLanes.Load(label + i);
                var rest = TLanes.SelectEqual(labels, channel, ofTruth, TLanes.ZeroWhereLess(labels, default, ofOthers));
                var there = TLanes.Load(gradient + i);
                TLanes.Store(gradient + i, TScale.IsSet ? TLanes.MultiplyAdd(there, TLanes.Load(scale + i), rest) : there + rest);
            }
        }
    }

    /// <summary>u = Σ_k u[k].</summary>
    internal static double Total(double* upstream, int classes)
    {
        var all = 0.0;
        for (var k = 0; k < classes; k++)
        {
            all += upstream[k];
        }

        return all;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double SumOfLogs(in Tile<TLanes, T> tile, int count)
    {
        T* label = tile.Label, sum = tile.Softmax.Sum, lower = tile.Softmax.Lower;
        var logs = default(TLanes);
        for (var i = 0; i < count; i += TLanes.Count)
        {
            logs += TLanes.ZeroWhereLess(TLanes.Load(label + i), default, GeneralSoftmax<TLanes, T>.LogSum(TLanes.Load(sum + i), TLanes.Load(lower + i)));
        }

        return TLanes.Sum(logs);
    }
}
