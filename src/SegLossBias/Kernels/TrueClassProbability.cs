using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>
/// The probability p of a pixel's true class y from a softmax tile, with all digits of 1 − p and −log p. With
/// d = z_y − max, e_y = exp(d), s the sum of all powers and r = Σ_{k≠y} e_k:
/// <code>
/// p = e_y / s       1 − p = r / s       −log p = log s − d = log(1 + r) where y has the largest logit
/// </code>
/// Where that logit is the largest, s = 1 + r has lost the digits of r, so that r is kept beside it: <see cref="TileSoftmax{T}.Lower"/>.
/// </summary>
internal static class TrueClassProbability<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>−log p</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes NegativeLog(TLanes d, TLanes sum, TLanes lower) =>
        WhereSure(d, sum, LaneMath<TLanes, T>.LogOnePlus(lower), LaneMath<TLanes, T>.Log(sum) - d);

    /// <summary>r, the sum without the true class.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Others(TLanes d, TLanes power, TLanes sum, TLanes lower) => WhereSure(d, sum, lower, sum - power);

    /// <summary>
    /// The first where the true class alone has the largest logit and r is below ½; the other is exact elsewhere, and
    /// log(1 + r) asks for r ≤ 1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes WhereSure(TLanes d, TLanes sum, TLanes sure, TLanes other) =>
        TLanes.SelectEqual(d, default, TLanes.SelectLess(sum, TLanes.Of(1.5), sure, other), other);
}
