using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>The sums Σ −log σ(z) and Σ −log σ(−z) of one channel over all pixels, whatever their label, and their gradient.</summary>
internal static unsafe class SigmoidEverywhere<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>Adds both over the pixels that count, whose labels are not negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddSums(T* z, T* label, int count, double* foreground, double* background)
    {
        var scale = TLanes.Of(-LaneMath<TLanes, T>.Log2E);
        TLanes sum = default, backgroundSum = default;
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var (logit, labels) = (TLanes.Load(z + i), TLanes.Load(label + i));
            var log = LaneMath<TLanes, T>.LogOnePlus(LaneMath<TLanes, T>.Power2(TLanes.Max(logit, -logit), scale));
            sum += TLanes.ZeroWhereLess(labels, default, log + TLanes.Max(-logit, default));
            backgroundSum += TLanes.ZeroWhereLess(labels, default, log + TLanes.Max(logit, default));
        }

        *foreground += TLanes.Sum(sum);
        *background += TLanes.Sum(backgroundSum);
    }

    /// <summary>gradient[i] += u' σ(z) − u σ(−z) with u and u' the upstream gradients of foreground and background.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddGradient(T* z, T* label, T* gradient, int count, double foreground, double background)
    {
        var scale = TLanes.Of(-LaneMath<TLanes, T>.Log2E);
        var (ofForeground, ofBackground) = (TLanes.Of(-foreground), TLanes.Of(background));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var logit = TLanes.Load(z + i);
            var large = SigmoidProbability<TLanes, T>.Large(logit, scale, out _, out var small);
            var p = TLanes.SelectLess(logit, default, small, large);
            var oneMinusP = TLanes.SelectLess(logit, default, large, small);
            var slope = TLanes.MultiplyAdd(ofBackground, p, ofForeground * oneMinusP);
            TLanes.Store(gradient + i, TLanes.Load(gradient + i) + TLanes.ZeroWhereLess(TLanes.Load(label + i), default, slope));
        }
    }
}
