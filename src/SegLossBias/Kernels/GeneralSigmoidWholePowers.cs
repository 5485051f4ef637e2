using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>
/// Weighted negative log-likelihood of one channel and its predicted size with a small whole τ, from one exponential: the weighted
/// counterpart of <see cref="SigmoidWholePowers{TLanes, T}"/>.
/// </summary>
internal static unsafe class GeneralSigmoidWholePowers<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>Adds Σ w σ(τz), Σ w y · −log p, Σ w y and the same of the background.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddSums<TPower, TSoft>(T* z, in GeneralRows<T> rows, int count, in GeneralSums foreground, in GeneralSums background)
        where TPower : IWholePower
        where TSoft : IFlag
    {
        var weight = rows.Weight;
        var scale = TLanes.Of(-LaneMath<TLanes, T>.Log2E);
        TLanes target = default, size = default, likelihood = default, backgroundTarget = default, backgroundSize = default, backgroundLikelihood = default;
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var (logit, w) = (TLanes.Load(z + i), TLanes.Load(weight + i));
            rows.Load<TLanes, TSoft>(i, w, out var m, out var backgroundM);
            target += m;
            backgroundTarget += backgroundM;
            var power = LaneMath<TLanes, T>.Power2(TLanes.Max(logit, -logit), scale);
            var log = LaneMath<TLanes, T>.LogOnePlus(power);
            likelihood += TLanes.SelectEqual(m, default, default, m * (log + TLanes.Max(-logit, default)));
            backgroundLikelihood += TLanes.SelectEqual(backgroundM, default, default, backgroundM * (log + TLanes.Max(logit, default)));
            var tempered = LaneMath<TLanes, T>.WholePower<TPower>(power);
            var large = w / (TLanes.Of(1) + tempered);
            var small = tempered * large;
            size += TLanes.SelectLess(logit, default, small, large);
            backgroundSize += TLanes.SelectLess(logit, default, large, small);
        }

        foreground.Add(TLanes.Sum(target), TLanes.Sum(size), 0, TLanes.Sum(likelihood));
        background.Add(TLanes.Sum(backgroundTarget), TLanes.Sum(backgroundSize), 0, TLanes.Sum(backgroundLikelihood));
    }

    /// <summary>gradient[i] = τ u_size w σ(τz) σ(−τz) − w y (1 − p) u_likelihood + w y' p u'_likelihood.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void SetGradient<TPower, TSoft>(T* z, in GeneralRows<T> rows, T* gradient, int count, double size, double likelihood, double backgroundLikelihood)
        where TPower : IWholePower
        where TSoft : IFlag
    {
        var weight = rows.Weight;
        var (one, scale) = (TLanes.Of(1), TLanes.Of(-LaneMath<TLanes, T>.Log2E));
        var (ofSize, ofForeground, ofBackground) = (TLanes.Of(TPower.Exponent * size), TLanes.Of(-likelihood), TLanes.Of(backgroundLikelihood));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var (logit, w) = (TLanes.Load(z + i), TLanes.Load(weight + i));
            rows.Load<TLanes, TSoft>(i, w, out var m, out var backgroundM);
            var power = LaneMath<TLanes, T>.Power2(TLanes.Max(logit, -logit), scale);
            var tempered = LaneMath<TLanes, T>.WholePower<TPower>(power);

            // One division for both: 1 / (1 + e^−|z|) and 1 / (1 + e^−τ|z|).
            var (onePlus, onePlusTempered) = (one + power, one + tempered);
            var over = one / (onePlus * onePlusTempered);
            var large = onePlusTempered * over;
            var largeTempered = onePlus * over;
            var small = power * large;
            var p = TLanes.SelectLess(logit, default, small, large);
            var oneMinusP = TLanes.SelectLess(logit, default, large, small);
            var slope = TLanes.MultiplyAdd(m * oneMinusP, ofForeground, backgroundM * p * ofBackground);
            TLanes.Store(gradient + i, TLanes.MultiplyAdd(tempered * largeTempered * largeTempered, w * ofSize, slope));
        }
    }
}
