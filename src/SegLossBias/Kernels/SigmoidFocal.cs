using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>
/// The focal sums of one channel with γ = 2, without smoothing and with nothing beside them: the usual case, and the dearest loss
/// where every class is a channel. The same numbers as from <see cref="SigmoidTrueClass{TLanes, T}"/>, whose eight sums and whose
/// powers for any γ cost registers and instructions.
/// </summary>
internal static unsafe class SigmoidFocal<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    private const double Gamma = 2;

    /// <summary>Whether these are such sums.</summary>
    internal static bool Has(FocalShape focal, TrueClassSums sums) =>
        sums.Overlap == null && sums.NegativeLogLikelihood == null && sums.Focal != null && focal is { Gamma: Gamma, IsSmoothed: false };

    /// <summary>Adds Σ (1−p)² · −log p over foreground and background.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddSums(T* z, T* label, double channel, int count, double* foreground, double* background)
    {
        var channelLabel = TLanes.Of(channel);
        TLanes sum = default, backgroundSum = default;
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var labels = TLanes.Load(label + i);
            var oneMinusP = OneMinusP(TLanes.Load(z + i), labels, channelLabel, out _, out var negativeLog);
            var term = TLanes.ZeroWhereLess(labels, default, oneMinusP * oneMinusP * negativeLog);
            sum += TLanes.SelectEqual(labels, channelLabel, term, default);
            backgroundSum += TLanes.SelectEqual(labels, channelLabel, default, term);
        }

        *foreground += TLanes.Sum(sum);
        *background += TLanes.Sum(backgroundSum);
    }

    /// <summary>The gradient of that: with t = ±z and r = 1 − p, d(r² · −log p)/dt = −r² (2 p · −log p + r).</summary>
    /// <typeparam name="TAdd">Whether the sum of it and of another gradient is written.</typeparam>
    /// <typeparam name="TAround">Whether it is written around the caches.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void SetGradient<TAdd, TAround>(T* z, T* label, double channel, T* other, T* target, int count, double foreground, double background)
        where TAdd : IFlag
        where TAround : IFlag
    {
        var channelLabel = TLanes.Of(channel);

        // dt/dz is 1 in the foreground and −1 in the background.
        var (ofForeground, ofBackground) = (TLanes.Of(-foreground), TLanes.Of(background));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var labels = TLanes.Load(label + i);
            var oneMinusP = OneMinusP(TLanes.Load(z + i), labels, channelLabel, out var p, out var negativeLog);
            var slope = TLanes.ZeroWhereLess(labels, default, Descent(oneMinusP, p, negativeLog) * TLanes.SelectEqual(labels, channelLabel, ofForeground, ofBackground));
            if (TAdd.IsSet)
            {
                slope += TLanes.Load(other + i);
            }

            if (TAround.IsSet)
            {
                TLanes.StoreNonTemporal(target + i, slope);
            }
            else
            {
                TLanes.Store(target + i, slope);
            }
        }
    }

    /// <summary>values[i] += the term of a pixel times the factor of the side that it is on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddValues(T* z, T* label, double channel, int count, double foreground, double background, T* values)
    {
        var channelLabel = TLanes.Of(channel);
        var (ofForeground, ofBackground) = (TLanes.Of(foreground), TLanes.Of(background));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var labels = TLanes.Load(label + i);
            var oneMinusP = OneMinusP(TLanes.Load(z + i), labels, channelLabel, out _, out var negativeLog);
            var factor = TLanes.SelectEqual(labels, channelLabel, ofForeground, ofBackground);
            TLanes.Store(values + i, TLanes.MultiplyAdd(factor * oneMinusP, oneMinusP * negativeLog, TLanes.Load(values + i)));
        }
    }

    /// <summary>gradient[i] += upstream[i] times the gradient of that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddPixelGradient(T* z, T* label, double channel, int count, double foreground, double background, T* upstream, T* gradient)
    {
        var channelLabel = TLanes.Of(channel);
        var (ofForeground, ofBackground) = (TLanes.Of(-foreground), TLanes.Of(background));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var labels = TLanes.Load(label + i);
            var oneMinusP = OneMinusP(TLanes.Load(z + i), labels, channelLabel, out var p, out var negativeLog);
            var slope = Descent(oneMinusP, p, negativeLog) * TLanes.SelectEqual(labels, channelLabel, ofForeground, ofBackground);
            TLanes.Store(gradient + i, TLanes.MultiplyAdd(slope, TLanes.Load(upstream + i), TLanes.Load(gradient + i)));
        }
    }

    /// <summary>r² (2 p · −log p + r).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Descent(TLanes oneMinusP, TLanes p, TLanes negativeLog) => oneMinusP * oneMinusP * TLanes.MultiplyAdd(p + p, negativeLog, oneMinusP);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes OneMinusP(TLanes z, TLanes labels, TLanes channel, out TLanes p, out TLanes negativeLog)
    {
        var one = TLanes.Of(1);
        var against = TLanes.SelectEqual(labels, channel, -z, z); // −t
        var power = LaneMath<TLanes, T>.Power2(TLanes.Max(z, -z), TLanes.Of(-LaneMath<TLanes, T>.Log2E));
        var large = one / (one + power);
        p = large * TLanes.SelectLess(default, against, power, one);
        negativeLog = LaneMath<TLanes, T>.LogOnePlus(power) + TLanes.Max(against, default);
        return large * TLanes.SelectLess(default, against, one, power);
    }
}
