using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>
/// Probabilities of one channel. With t = z where the pixel is of the channel and −z elsewhere, p = σ(t) is the probability of
/// the truth and 1 − p = σ(−t). Both come from e^−|t|, so that neither loses digits:
/// <code>
/// large = σ(|t|) = 1 / (1 + e^−|t|)      small = σ(−|t|) = e^−|t| · large      p = t &lt; 0 ? small : large
/// </code>
/// </summary>
internal static class SigmoidProbability<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>t.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes TruthLogit(TLanes z, TLanes labels, TLanes channel) => TLanes.SelectEqual(labels, channel, z, -z);

    /// <summary>Large, and e^−|x| and small, with the sign and the temperature in the scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Large(TLanes x, TLanes scale, out TLanes power, out TLanes small)
    {
        power = LaneMath<TLanes, T>.Power2(TLanes.Max(x, -x), scale);
        var large = TLanes.Of(1) / (TLanes.Of(1) + power);
        small = power * large;
        return large;
    }

    /// <summary>−log σ(t) = log(1 + e^−|t|) + max(−t, 0).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes NegativeLog(TLanes t, TLanes power) => LaneMath<TLanes, T>.LogOnePlus(power) + TLanes.Max(-t, default);
}
