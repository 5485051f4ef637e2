using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>
/// The statistics of one channel that read the probability p of each pixel's truth, over a row of pixels: foreground where
/// label = channel, background where it is another label ≥ 0. A pixel whose label is negative does not count.
/// </summary>
internal static unsafe class SigmoidTrueClass<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>
    /// Adds Σ p, Σ −log p and Σ (1−p)^γ · −log p, each over foreground and background, and the sizes Σ σ(z) and Σ σ(−z)
    /// over both, which have the same powers; a null pointer skips one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddSums(T* z, T* label, double channel, int count, FocalShape focal, TrueClassSums foreground, TrueClassSums background, double* size, double* backgroundSize)
    {
        var channelLabel = TLanes.Of(channel);
        var scale = TLanes.Of(-LaneMath<TLanes, T>.Log2E);
        TLanes overlap = default, backgroundOverlap = default, likelihood = default, backgroundLikelihood = default, focals = default, backgroundFocals = default, sizes = default, backgroundSizes = default;
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var labels = TLanes.Load(label + i);
            var t = SigmoidProbability<TLanes, T>.TruthLogit(TLanes.Load(z + i), labels, channelLabel);
            var power = LaneMath<TLanes, T>.Power2(TLanes.Max(t, -t), scale);
            TLanes p = default, oneMinusP = default, negativeLog = default;
            if (foreground.Overlap != null || foreground.Focal != null || size != null)
            {
                var large = TLanes.Of(1) / (TLanes.Of(1) + power);
                var small = power * large;
                p = TLanes.ZeroWhereLess(labels, default, TLanes.SelectLess(t, default, small, large));
                oneMinusP = TLanes.ZeroWhereLess(labels, default, TLanes.SelectLess(t, default, large, small));
                overlap += TLanes.SelectEqual(labels, channelLabel, p, default);
                backgroundOverlap += TLanes.SelectEqual(labels, channelLabel, default, p);
                sizes += TLanes.SelectEqual(labels, channelLabel, p, oneMinusP);
                backgroundSizes += TLanes.SelectEqual(labels, channelLabel, oneMinusP, p);
            }

            if (foreground.NegativeLogLikelihood != null || foreground.Focal != null)
            {
                negativeLog = TLanes.ZeroWhereLess(labels, default, SigmoidProbability<TLanes, T>.NegativeLog(t, power));
                likelihood += TLanes.SelectEqual(labels, channelLabel, negativeLog, default);
                backgroundLikelihood += TLanes.SelectEqual(labels, channelLabel, default, negativeLog);
            }

            if (foreground.Focal != null)
            {
                // With γ = 0 the weight of a pixel that does not count is 1 as well, and smoothing gives it a logarithm.
                var term = TLanes.ZeroWhereLess(labels, default, Focal(p, ref oneMinusP, negativeLog, focal, out _));
                focals += TLanes.SelectEqual(labels, channelLabel, term, default);
                backgroundFocals += TLanes.SelectEqual(labels, channelLabel, default, term);
            }
        }

        foreground.Add(TLanes.Sum(overlap), TLanes.Sum(likelihood), TLanes.Sum(focals));
        background.Add(TLanes.Sum(backgroundOverlap), TLanes.Sum(backgroundLikelihood), TLanes.Sum(backgroundFocals));
        if (size != null)
        {
            *size += TLanes.Sum(sizes);
            *backgroundSize += TLanes.Sum(backgroundSizes);
        }
    }

    /// <summary>
    /// gradient += Σ over the sums of their upstream gradient times their derivative to z. In scalars, with t = ±z and dt/dz = ±1:
    /// <code>
    /// slope = u_overlap * p * (1 - p)                                              // dp/dt
    ///       - u_likelihood * (1 - p)                                               // d(−log p)/dt
    ///       - u_focal * r^γ * (γ * p * -log p' + p * r / p')                       // see below
    /// </code>
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddGradient(T* z, T* label, double channel, T* gradient, int count, FocalShape focal, TrueClassSums foreground, TrueClassSums background, double size)
    {
        var channelLabel = TLanes.Of(channel);
        var scale = TLanes.Of(-LaneMath<TLanes, T>.Log2E);
        var gamma = TLanes.Of(focal.Gamma);
        var hasProbability = foreground.Overlap != null || size != 0;

        // σ(z) is p in the foreground and 1 − p in the background.
        var overlap = (TLanes.Of(Value(foreground.Overlap) + size), TLanes.Of(Value(background.Overlap) - size));
        var likelihood = (TLanes.Of(Value(foreground.NegativeLogLikelihood)), TLanes.Of(Value(background.NegativeLogLikelihood)));
        var focals = (TLanes.Of(Value(foreground.Focal)), TLanes.Of(Value(background.Focal)));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var labels = TLanes.Load(label + i);
            var t = SigmoidProbability<TLanes, T>.TruthLogit(TLanes.Load(z + i), labels, channelLabel);
            var large = SigmoidProbability<TLanes, T>.Large(t, scale, out var power, out var small);
            var oneMinusP = TLanes.SelectLess(t, default, large, small);
            var slope = default(TLanes); // d/dt
            if (hasProbability)
            {
                slope = large * small * TLanes.SelectEqual(labels, channelLabel, overlap.Item1, overlap.Item2);
            }

            if (foreground.NegativeLogLikelihood != null)
            {
                slope -= oneMinusP * TLanes.SelectEqual(labels, channelLabel, likelihood.Item1, likelihood.Item2);
            }

            if (foreground.Focal != null)
            {
                // With r = 1 − p' = ρ(1−p) and dr/dt = −p r:  d(r^γ · −log p')/dt = −r^γ (γ p · −log p' + p r / p').
                // Without smoothing p' is p, which may be 0, but p / p' is 1.
                var p = TLanes.SelectLess(t, default, small, large);
                var shrunk = oneMinusP;
                _ = Focal(p, ref shrunk, SigmoidProbability<TLanes, T>.NegativeLog(t, power), focal, out var parts);
                var ratio = focal.IsSmoothed ? p * shrunk / focal.Smooth<TLanes, T>(p) : shrunk;

                // Without γ the term is −log p, and 0 · ∞ may not come near it.
                var descent = focal.Gamma == 0 ? ratio : parts.Weight * TLanes.MultiplyAdd(gamma * p, parts.NegativeLog, ratio);
                slope -= descent * TLanes.SelectEqual(labels, channelLabel, focals.Item1, focals.Item2);
            }

            var signed = TLanes.SelectEqual(labels, channelLabel, slope, -slope);
            var kept = TLanes.ZeroWhereLess(labels, default, signed);
            TLanes.Store(gradient + i, TLanes.Load(gradient + i) + kept);
        }
    }

    private static double Value(double* number) => number == null ? 0 : *number;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Focal(TLanes p, ref TLanes oneMinusP, TLanes negativeLog, FocalShape focal, out (TLanes Weight, TLanes NegativeLog) parts)
    {
        if (focal.IsSmoothed)
        {
            oneMinusP *= TLanes.Of(focal.Shrinkage);
            negativeLog = -LaneMath<TLanes, T>.Log(focal.Smooth<TLanes, T>(p));
        }

        var weight = LaneMath<TLanes, T>.Power(oneMinusP, focal.Gamma);
        parts = (weight, negativeLog);
        return weight * negativeLog;
    }
}
