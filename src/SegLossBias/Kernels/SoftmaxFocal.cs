using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>The focal term of a pixel's own class and its derivative, from p, 1 − p and −log p with all their digits.</summary>
internal static class SoftmaxFocal<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>(1−p')^γ · −log p'</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Term(TLanes p, TLanes others, TLanes surprise, FocalShape focal)
    {
        var rest = Rest(others, focal);
        if (focal.IsSmoothed)
        {
            surprise = -LaneMath<TLanes, T>.Log(focal.Smooth<TLanes, T>(p));
        }

        return LaneMath<TLanes, T>.Power(rest, focal.Gamma) * surprise;
    }

    /// <summary>−p · d/dp of the focal term = ρ p (γ r^(γ−1) · −log p' + r^γ / p') with r = 1 − p' = ρ(1−p).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Descent(TLanes p, TLanes others, TLanes surprise, FocalShape focal)
    {
        var rest = Rest(others, focal);
        var weight = LaneMath<TLanes, T>.Power(rest, focal.Gamma);

        // For γ < 1, r^(γ−1) is infinite at r = 0, but −log p' is 0 there and so is the product.
        var slope = focal.Gamma >= 1
            ? LaneMath<TLanes, T>.Power(rest, focal.Gamma - 1)
            : weight / TLanes.Max(TLanes.Of(FloatBits.Smallest), rest);
        var gamma = TLanes.Of(focal.Gamma);
        if (!focal.IsSmoothed)
        {
            // p / p' = 1, though p may be 0. Without γ the term is −log p, and 0 · ∞ may not come near it.
            return focal.Gamma == 0 ? weight : TLanes.MultiplyAdd(gamma * p * slope, surprise, weight);
        }

        var smoothed = focal.Smooth<TLanes, T>(p);
        var bend = TLanes.MultiplyAdd(gamma * slope, -LaneMath<TLanes, T>.Log(smoothed), weight / smoothed);
        return TLanes.Of(focal.Shrinkage) * p * bend;
    }

    /// <summary>1 − p' from 1 − p, never negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Rest(TLanes others, FocalShape focal) => TLanes.Max(default, others) * TLanes.Of(focal.Shrinkage);
}
