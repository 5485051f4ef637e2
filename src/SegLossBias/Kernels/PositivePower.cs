using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>
/// x^a for any finite x ≥ 0 and any exponent. With x = m·2^n, m in [√½, √2), it is 2^(a·n) · 2^(a·log₂ m). The first exponent may be
/// large, and one float32 would not have the digits of its fraction: it is taken apart into a whole number and the rest.
/// </summary>
internal static class PositivePower<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>Just above the smallest normal float64.</summary>
    private const double Smallest64 = 1e-307;

    /// <summary>Where x is 0 it is taken as the smallest normal number. ∞ where the power is too large for the type, NaN of NaN and ∞.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static TLanes Of(TLanes x, SplitExponent exponent)
    {
        if (exponent.Whole == 1)
        {
            return x;
        }

        if (exponent.Whole == 0)
        {
            return TLanes.Of(1);
        }

        if (exponent.Whole == 2)
        {
            return x * x;
        }

        var isSingle = typeof(T) == typeof(float);
        var shift = TLanes.Of(isSingle ? FloatBits.Shift32 : FloatBits.Shift64);
        var most = TLanes.Of(isSingle ? 127 : 1023);
        var least = TLanes.Of(isSingle ? FloatBits.Vanishing32 : FloatBits.Vanishing64);
        var mantissa = TLanes.Split(TLanes.Max(TLanes.Of(isSingle ? FloatBits.Smallest : Smallest64), x), out var n);
        var scaled = n * TLanes.Of(exponent.High);
        var whole = LaneMath<TLanes, T>.Round(scaled);
        var fraction = TLanes.MultiplyAdd(n, TLanes.Of(exponent.Low), scaled - whole);
        fraction = TLanes.MultiplyAdd(LaneMath<TLanes, T>.Log(mantissa), TLanes.Of(exponent.Whole * LaneMath<TLanes, T>.Log2E), fraction);
        var kept = TLanes.Max(least, -TLanes.Max(-whole, -most));
        var power = TLanes.ZeroWhereLess(whole, least, LaneMath<TLanes, T>.Power2(fraction, TLanes.Of(1)) * TLanes.PowerOfTwo(kept + shift));

        // x − x is 0, and NaN where x is NaN or infinite.
        return TLanes.SelectLess(most, whole, TLanes.Of(double.PositiveInfinity), power) + (x - x);
    }
}
