using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>
/// The focal sums of one channel with γ = 2, without smoothing, with soft labels or weights: the usual case has a loop of its own, as
/// with hard labels in <see cref="SigmoidFocal{TLanes, T}"/>. Foreground and background share the exponential and the logarithm.
/// </summary>
internal static unsafe class GeneralFocal<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    private const double Gamma = 2;

    /// <summary>Whether these are such sums.</summary>
    internal static bool Has(FocalShape focal) => focal is { Gamma: Gamma, IsSmoothed: false };

    /// <summary>Adds Σ w y (1−p)² · −log p and Σ w (1−y) p² · −log(1−p). A side whose label is 0 adds exactly 0.</summary>
    /// <param name="z">Logits; 0 where the pixel is ignored.</param>
    /// <param name="label">y.</param>
    /// <param name="weight">w; 0 where the pixel is ignored.</param>
    /// <param name="count">Pixels, a multiple of the vector.</param>
    /// <param name="foreground">The first sum.</param>
    /// <param name="background">The second.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddSums(T* z, T* label, T* weight, int count, double* foreground, double* background)
    {
        TLanes sum = default, backgroundSum = default;
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var (w, y) = (TLanes.Load(weight + i), TLanes.Load(label + i));
            Set(TLanes.Load(z + i), out var p, out var rest, out var negativeLog, out var negativeLogOfRest);
            sum += Times(w, y, rest * rest * negativeLog);
            backgroundSum += Times(w, TLanes.Of(1) - y, p * p * negativeLogOfRest);
        }

        *foreground += TLanes.Sum(sum);
        *background += TLanes.Sum(backgroundSum);
    }

    /// <summary>Adds the gradient of that; see <see cref="SigmoidFocal{TLanes, T}"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddGradient(T* z, T* label, T* weight, T* gradient, int count, double foreground, double background)
    {
        var (ofForeground, ofBackground) = (TLanes.Of(-foreground), TLanes.Of(background));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var (w, y) = (TLanes.Load(weight + i), TLanes.Load(label + i));
            Set(TLanes.Load(z + i), out var p, out var rest, out var negativeLog, out var negativeLogOfRest);
            var ascent = Times(w * ofForeground, y, rest * rest * TLanes.MultiplyAdd(p + p, negativeLog, rest));
            var descent = Times(w * ofBackground, TLanes.Of(1) - y, p * p * TLanes.MultiplyAdd(rest + rest, negativeLogOfRest, p));
            TLanes.Store(gradient + i, TLanes.Load(gradient + i) + ascent + descent);
        }
    }

    /// <summary>factor · y · value, and 0 where y = 0, though the value may be infinite there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Times(TLanes factor, TLanes y, TLanes value) => TLanes.SelectEqual(y, default, default, factor * y * value);

    /// <summary>p and 1 − p with all their digits, and their logarithms.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Set(TLanes z, out TLanes p, out TLanes rest, out TLanes negativeLog, out TLanes negativeLogOfRest)
    {
        var large = SigmoidProbability<TLanes, T>.Large(z, TLanes.Of(-LaneMath<TLanes, T>.Log2E), out var power, out var small);
        var log = LaneMath<TLanes, T>.LogOnePlus(power);
        p = TLanes.SelectLess(z, default, small, large);
        rest = TLanes.SelectLess(z, default, large, small);
        negativeLog = log + TLanes.Max(-z, default);
        negativeLogOfRest = log + TLanes.Max(z, default);
    }
}
