using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>
/// Weighted statistics of one channel, foreground and background: with y and y' the labels of both, w the weight and p = σ(z), the
/// probability of the background is 1 − p. What of them a loss does not want costs it little.
/// </summary>
internal static unsafe class GeneralSigmoid<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>Adds Σ w y and Σ w y', and where they are wanted overlap and negative log-likelihood of both and the sizes Σ w p and Σ w (1 − p).</summary>
    /// <typeparam name="TProbability">Whether overlap or sizes are wanted.</typeparam>
    /// <typeparam name="TLog">Whether the negative log-likelihood is wanted.</typeparam>
    /// <typeparam name="TSoft">Whether labels are soft; else the row of hard ones is read.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddSums<TProbability, TLog, TSoft>(T* z, in GeneralRows<T> rows, int count, in GeneralSums foreground, in GeneralSums background)
        where TProbability : IFlag
        where TLog : IFlag
        where TSoft : IFlag
    {
        var weight = rows.Weight;
        var scale = TLanes.Of(-LaneMath<TLanes, T>.Log2E);
        TLanes target = default, size = default, overlap = default, likelihood = default;
        TLanes backgroundTarget = default, backgroundSize = default, backgroundOverlap = default, backgroundLikelihood = default;
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var (logit, w) = (TLanes.Load(z + i), TLanes.Load(weight + i));
            rows.Load<TLanes, TSoft>(i, w, out var m, out var backgroundM);
            target += m;
            backgroundTarget += backgroundM;
            var power = LaneMath<TLanes, T>.Power2(TLanes.Max(logit, -logit), scale);
            if (TProbability.IsSet)
            {
                var large = TLanes.Of(1) / (TLanes.Of(1) + power);
                var small = power * large;
                var p = TLanes.SelectLess(logit, default, small, large);
                var oneMinusP = TLanes.SelectLess(logit, default, large, small);
                size = TLanes.MultiplyAdd(w, p, size);
                backgroundSize = TLanes.MultiplyAdd(w, oneMinusP, backgroundSize);
                overlap = TLanes.MultiplyAdd(m, p, overlap);
                backgroundOverlap = TLanes.MultiplyAdd(backgroundM, oneMinusP, backgroundOverlap);
            }

            if (TLog.IsSet)
            {
                // A label of 0 adds 0 even where the logarithm is infinite.
                var log = LaneMath<TLanes, T>.LogOnePlus(power);
                likelihood += TLanes.SelectEqual(m, default, default, m * (log + TLanes.Max(-logit, default)));
                backgroundLikelihood += TLanes.SelectEqual(backgroundM, default, default, backgroundM * (log + TLanes.Max(logit, default)));
            }
        }

        foreground.Add(TLanes.Sum(target), TLanes.Sum(size), TLanes.Sum(overlap), TLanes.Sum(likelihood));
        background.Add(TLanes.Sum(backgroundTarget), TLanes.Sum(backgroundSize), TLanes.Sum(backgroundOverlap), TLanes.Sum(backgroundLikelihood));
    }

    /// <summary>
    /// gradient[i] = p (1 − p) (w u_size + w y u_overlap − w y' u'_overlap) − w y (1 − p) u_likelihood + w y' p u'_likelihood.
    /// </summary>
    /// <typeparam name="TProbability">Whether there is one of the first three.</typeparam>
    /// <typeparam name="TSoft">Whether labels are soft.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void SetGradient<TProbability, TSoft>(T* z, in GeneralRows<T> rows, T* gradient, int count, double size, (double Overlap, double Likelihood) foreground, (double Overlap, double Likelihood) background)
        where TProbability : IFlag
        where TSoft : IFlag
    {
        var weight = rows.Weight;
        var scale = TLanes.Of(-LaneMath<TLanes, T>.Log2E);
        var ofSize = TLanes.Of(size);
        var (overlap, backgroundOverlap) = (TLanes.Of(foreground.Overlap), TLanes.Of(-background.Overlap));
        var (likelihood, backgroundLikelihood) = (TLanes.Of(-foreground.Likelihood), TLanes.Of(background.Likelihood));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var logit = TLanes.Load(z + i);
            var w = TLanes.Load(weight + i);
            rows.Load<TLanes, TSoft>(i, w, out var m, out var backgroundM);
            var large = SigmoidProbability<TLanes, T>.Large(logit, scale, out _, out var small);
            var p = TLanes.SelectLess(logit, default, small, large);
            var oneMinusP = TLanes.SelectLess(logit, default, large, small);
            var slope = TLanes.MultiplyAdd(m * oneMinusP, likelihood, backgroundM * p * backgroundLikelihood);
            if (TProbability.IsSet)
            {
                var inner = TLanes.MultiplyAdd(m, overlap, TLanes.MultiplyAdd(backgroundM, backgroundOverlap, w * ofSize));
                slope = TLanes.MultiplyAdd(large * small, inner, slope);
            }

            TLanes.Store(gradient + i, slope);
        }
    }

    /// <summary>The rows p, 1 − p, −log p and −log(1 − p).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void SetRow(T* z, in GeneralTile<T> general, int count)
    {
        T* probability = general.Probability, oneMinusP = general.OneMinusP, negativeLog = general.NegativeLog, backgroundLog = general.BackgroundLog;
        var scale = TLanes.Of(-LaneMath<TLanes, T>.Log2E);
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var logit = TLanes.Load(z + i);
            var large = SigmoidProbability<TLanes, T>.Large(logit, scale, out var power, out var small);
            var log = LaneMath<TLanes, T>.LogOnePlus(power);
            TLanes.Store(probability + i, TLanes.SelectLess(logit, default, small, large));
            TLanes.Store(oneMinusP + i, TLanes.SelectLess(logit, default, large, small));
            TLanes.Store(negativeLog + i, log + TLanes.Max(-logit, default));
            TLanes.Store(backgroundLog + i, log + TLanes.Max(logit, default));
        }
    }

    /// <summary>Adds Σ w σ(τz) and Σ w σ(−τz).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddSizes(T* z, T* weight, int count, double temperature, double* foreground, double* background)
    {
        var scale = TLanes.Of(-temperature * LaneMath<TLanes, T>.Log2E);
        var (sum, backgroundSum) = (default(TLanes), default(TLanes));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var (logit, w) = (TLanes.Load(z + i), TLanes.Load(weight + i));
            var large = SigmoidProbability<TLanes, T>.Large(logit, scale, out _, out var small);
            sum = TLanes.MultiplyAdd(w, TLanes.SelectLess(logit, default, small, large), sum);
            backgroundSum = TLanes.MultiplyAdd(w, TLanes.SelectLess(logit, default, large, small), backgroundSum);
        }

        *foreground += TLanes.Sum(sum);
        *background += TLanes.Sum(backgroundSum);
    }

    /// <summary>gradient[i] += upstream · w · dσ(τz)/dz</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddSizeGradient(T* z, T* weight, T* gradient, int count, double temperature, double upstream)
    {
        var scale = TLanes.Of(-temperature * LaneMath<TLanes, T>.Log2E);
        var factor = TLanes.Of(upstream * temperature);
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var large = SigmoidProbability<TLanes, T>.Large(TLanes.Load(z + i), scale, out _, out var small);
            TLanes.Store(gradient + i, TLanes.MultiplyAdd(large * small * factor, TLanes.Load(weight + i), TLanes.Load(gradient + i)));
        }
    }
}
