using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>
/// Statistics of one channel against everything else, over a row of pixels. With t = z where the pixel is of the
/// channel and −z elsewhere, p = σ(t) is the probability of the truth and 1 − p = σ(−t); both come from e^−|z|, so that
/// neither loses digits. A pixel counts to the foreground where label = channel, to the background where it is another
/// label ≥ 0, and not at all where the label is negative.
/// </summary>
internal static unsafe class SigmoidRow<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>Adds Σ σ(τz) and Σ σ(−τz).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddSizes(T* z, T* label, int count, double temperature, double* foreground, double* background)
    {
        var scale = TLanes.Of(-temperature * LaneMath<TLanes, T>.Log2E);
        var (sum, rest) = (default(TLanes), default(TLanes));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var logit = TLanes.Load(z + i);
            var large = Probabilities(logit, scale, out _, out var small);
            var isNegative = TLanes.Less(logit, default);
            var isIgnored = TLanes.Less(TLanes.Load(label + i), default);
            sum += TLanes.Select(isIgnored, default, TLanes.Select(isNegative, small, large));
            rest += TLanes.Select(isIgnored, default, TLanes.Select(isNegative, large, small));
        }

        *foreground += TLanes.Sum(sum);
        *background += TLanes.Sum(rest);
    }

    /// <summary>gradient += coefficient · dσ(τz)/dz.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddSizeGradient(T* z, T* label, T* gradient, int count, double temperature, double coefficient)
    {
        var scale = TLanes.Of(-temperature * LaneMath<TLanes, T>.Log2E);
        var factor = TLanes.Of(coefficient * temperature);
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var large = Probabilities(TLanes.Load(z + i), scale, out _, out var small);
            var isIgnored = TLanes.Less(TLanes.Load(label + i), default);
            var slope = TLanes.Select(isIgnored, default, large * small * factor);
            TLanes.Store(gradient + i, TLanes.Load(gradient + i) + slope);
        }
    }

    /// <summary>Adds the number of pixels in foreground and background.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddTargets(T* label, double channel, int count, double* foreground, double* background)
    {
        var own = TLanes.Of(channel);
        var one = TLanes.Of(1);
        var (sum, valid) = (default(TLanes), default(TLanes));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var labels = TLanes.Load(label + i);
            sum += TLanes.Where(TLanes.Equal(labels, own), one);
            valid += TLanes.Select(TLanes.Less(labels, default), default, one);
        }

        var size = TLanes.Sum(sum);
        *foreground += size;
        *background += TLanes.Sum(valid) - size;
    }

    /// <summary>
    /// Adds Σ p, Σ −log p and Σ (1−p')^γ · −log p', each over foreground and background, and the sizes Σ σ(z) and Σ σ(−z)
    /// over both, which have the same powers; a null pointer skips one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddOwn(T* z, T* label, double channel, int count, FocalShape focal, OwnSums foreground, OwnSums background, double* size, double* backgroundSize)
    {
        var own = TLanes.Of(channel);
        var scale = TLanes.Of(-LaneMath<TLanes, T>.Log2E);
        TLanes overlap = default, overlapRest = default, likelihood = default, likelihoodRest = default, focals = default, focalsRest = default, sizes = default, sizesRest = default;
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var labels = TLanes.Load(label + i);
            var isOwn = TLanes.Equal(labels, own);
            var isIgnored = TLanes.Less(labels, default);
            var t = OwnLogit(TLanes.Load(z + i), isOwn, out var isUnlikely);
            var power = LaneMath<TLanes, T>.Power2(TLanes.Max(t, -t), scale);
            TLanes p = default, rest = default, surprise = default;
            if (foreground.Overlap != null || foreground.Focal != null || size != null)
            {
                var large = TLanes.Of(1) / (TLanes.Of(1) + power);
                var small = power * large;
                p = TLanes.Select(isIgnored, default, TLanes.Select(isUnlikely, small, large));
                rest = TLanes.Select(isIgnored, default, TLanes.Select(isUnlikely, large, small));
                overlap += TLanes.Where(isOwn, p);
                overlapRest += TLanes.Select(isOwn, default, p);
                sizes += TLanes.Select(isOwn, p, rest);
                sizesRest += TLanes.Select(isOwn, rest, p);
            }

            if (foreground.NegativeLogLikelihood != null || foreground.Focal != null)
            {
                surprise = TLanes.Select(isIgnored, default, NegativeLog(t, power));
                likelihood += TLanes.Where(isOwn, surprise);
                likelihoodRest += TLanes.Select(isOwn, default, surprise);
            }

            if (foreground.Focal != null)
            {
                // With γ = 0 the weight of a pixel that does not count is 1 as well, and smoothing gives it a logarithm.
                var term = TLanes.Select(isIgnored, default, Focal(p, ref rest, surprise, focal, out _));
                focals += TLanes.Where(isOwn, term);
                focalsRest += TLanes.Select(isOwn, default, term);
            }
        }

        foreground.Add(TLanes.Sum(overlap), TLanes.Sum(likelihood), TLanes.Sum(focals));
        background.Add(TLanes.Sum(overlapRest), TLanes.Sum(likelihoodRest), TLanes.Sum(focalsRest));
        if (size != null)
        {
            *size += TLanes.Sum(sizes);
            *backgroundSize += TLanes.Sum(sizesRest);
        }
    }

    /// <summary>gradient += Σ over the sums of their upstream gradient times their derivative to z.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddOwnGradient(T* z, T* label, double channel, T* gradient, int count, FocalShape focal, OwnSums foreground, OwnSums background, double size)
    {
        var own = TLanes.Of(channel);
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
            var isOwn = TLanes.Equal(labels, own);
            var t = OwnLogit(TLanes.Load(z + i), isOwn, out var isUnlikely);
            var large = Probabilities(t, scale, out var power, out var small);
            var rest = TLanes.Select(isUnlikely, large, small);
            var slope = default(TLanes); // d/dt
            if (hasProbability)
            {
                slope = large * small * TLanes.Select(isOwn, overlap.Item1, overlap.Item2);
            }

            if (foreground.NegativeLogLikelihood != null)
            {
                slope -= rest * TLanes.Select(isOwn, likelihood.Item1, likelihood.Item2);
            }

            if (foreground.Focal != null)
            {
                // With r = 1 − p' = ρ(1−p) and dr/dt = −p r:  d(r^γ · −log p')/dt = −p r^γ (γ · −log p' + r / p').
                // Without smoothing p' is p, which may be 0, but p / p' is 1.
                var p = TLanes.Select(isUnlikely, small, large);
                var shrunk = rest;
                _ = Focal(p, ref shrunk, NegativeLog(t, power), focal, out var parts);
                var ratio = focal.IsSmoothed ? p * shrunk / focal.Smooth<TLanes, T>(p) : shrunk;
                var descent = focal.Gamma == 0 ? ratio : parts.Weight * TLanes.MultiplyAdd(gamma * p, parts.NegativeLog, ratio);
                slope -= descent * TLanes.Select(isOwn, focals.Item1, focals.Item2);
            }

            var signed = TLanes.Select(isOwn, slope, -slope);
            var kept = TLanes.Select(TLanes.Less(labels, default), default, signed);
            TLanes.Store(gradient + i, TLanes.Load(gradient + i) + kept);
        }
    }

    private static double Value(double* number) => number == null ? 0 : *number;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes OwnLogit(TLanes z, TLanes isOwn, out TLanes isUnlikely)
    {
        var t = TLanes.Select(isOwn, z, -z);
        isUnlikely = TLanes.Less(t, default);
        return t;
    }

    /// <summary>σ(|x|), and e^−|x| and σ(−|x|), with the sign and the temperature in the scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Probabilities(TLanes x, TLanes scale, out TLanes power, out TLanes small)
    {
        power = LaneMath<TLanes, T>.Power2(TLanes.Max(x, -x), scale);
        var large = TLanes.Of(1) / (TLanes.Of(1) + power);
        small = power * large;
        return large;
    }

    /// <summary>−log σ(t) = log(1 + e^−|t|) + max(−t, 0).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes NegativeLog(TLanes t, TLanes power) => LaneMath<TLanes, T>.LogOnePlus(power) + TLanes.Max(-t, default);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Focal(TLanes p, ref TLanes rest, TLanes negativeLog, FocalShape focal, out (TLanes Weight, TLanes NegativeLog) parts)
    {
        if (focal.IsSmoothed)
        {
            rest *= TLanes.Of(focal.Shrinkage);
            negativeLog = -LaneMath<TLanes, T>.Log(focal.Smooth<TLanes, T>(p));
        }

        var weight = LaneMath<TLanes, T>.Power(rest, focal.Gamma);
        parts = (weight, negativeLog);
        return weight * negativeLog;
    }
}
