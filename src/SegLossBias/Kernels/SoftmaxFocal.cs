using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>The focal term of a pixel's true class and its derivative, from p, 1 − p and −log p with all their digits.</summary>
internal static class SoftmaxFocal<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>(1−p')^γ · −log p'</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Term(TLanes p, TLanes oneMinusP, TLanes negativeLog, FocalShape focal)
    {
        var shrunk = Shrink(oneMinusP, focal);
        if (focal.IsSmoothed)
        {
            negativeLog = -LaneMath<TLanes, T>.Log(focal.Smooth<TLanes, T>(p));
        }

        return LaneMath<TLanes, T>.Power(shrunk, focal.Gamma) * negativeLog;
    }

    /// <summary>−p · d/dp of the focal term = ρ p (γ r^(γ−1) · −log p' + r^γ / p') with r = 1 − p' = ρ(1−p).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Descent(TLanes p, TLanes oneMinusP, TLanes negativeLog, FocalShape focal)
    {
        var shrunk = Shrink(oneMinusP, focal);
        var weight = LaneMath<TLanes, T>.Power(shrunk, focal.Gamma);

        // For γ < 1, r^(γ−1) is infinite at r = 0, but −log p' is 0 there and so is the product.
        var slope = focal.Gamma >= 1
            ? LaneMath<TLanes, T>.Power(shrunk, focal.Gamma - 1)
            : weight / TLanes.Max(TLanes.Of(FloatBits.Smallest), shrunk);
        var gamma = TLanes.Of(focal.Gamma);
        if (!focal.IsSmoothed)
        {
            // p / p' = 1, though p may be 0. Without γ the term is −log p, and 0 · ∞ may not come near it.
            return focal.Gamma == 0 ? weight : TLanes.MultiplyAdd(gamma * p * slope, negativeLog, weight);
        }

        var smoothed = focal.Smooth<TLanes, T>(p);
        var bend = TLanes.MultiplyAdd(gamma * slope, -LaneMath<TLanes, T>.Log(smoothed), weight / smoothed);
        return TLanes.Of(focal.Shrinkage) * p * bend;
    }

    /// <summary>r = 1 − p' from 1 − p, never negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Shrink(TLanes oneMinusP, FocalShape focal) => TLanes.Max(default, oneMinusP) * TLanes.Of(focal.Shrinkage);
}
