using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>
/// Predicted and target sizes of one channel and of its background, over a row of pixels. A pixel whose label is negative does
/// not count.
/// </summary>
internal static unsafe class SigmoidSizes<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>Adds Σ σ(τz) and Σ σ(−τz).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Add(T* z, T* label, int count, double temperature, double* foreground, double* background)
    {
        var scale = TLanes.Of(-temperature * LaneMath<TLanes, T>.Log2E);
        var (sum, backgroundSum) = (default(TLanes), default(TLanes));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var logit = TLanes.Load(z + i);
            var large = SigmoidProbability<TLanes, T>.Large(logit, scale, out _, out var small);
            var labels = TLanes.Load(label + i);
            sum += TLanes.ZeroWhereLess(labels, default, TLanes.SelectLess(logit, default, small, large));
            backgroundSum += TLanes.ZeroWhereLess(labels, default, TLanes.SelectLess(logit, default, large, small));
        }

        *foreground += TLanes.Sum(sum);
        *background += TLanes.Sum(backgroundSum);
    }

    /// <summary>gradient += upstream · dσ(τz)/dz = upstream · τ σ(τz) σ(−τz).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddGradient(T* z, T* label, T* gradient, int count, double temperature, double upstream)
    {
        var scale = TLanes.Of(-temperature * LaneMath<TLanes, T>.Log2E);
        var factor = TLanes.Of(upstream * temperature);
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var large = SigmoidProbability<TLanes, T>.Large(TLanes.Load(z + i), scale, out _, out var small);
            var slope = TLanes.ZeroWhereLess(TLanes.Load(label + i), default, large * small * factor);
            TLanes.Store(gradient + i, TLanes.Load(gradient + i) + slope);
        }
    }

    /// <summary>Adds the number of pixels of the channel and of its background.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddTargets(T* label, double channel, int count, double* foreground, double* background)
    {
        var channelLabel = TLanes.Of(channel);
        var one = TLanes.Of(1);
        var (sum, valid) = (default(TLanes), default(TLanes));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var labels = TLanes.Load(label + i);
            sum += TLanes.SelectEqual(labels, channelLabel, one, default);
            valid += TLanes.ZeroWhereLess(labels, default, one);
        }

        var size = TLanes.Sum(sum);
        *foreground += size;
        *background += TLanes.Sum(valid) - size;
    }
}
