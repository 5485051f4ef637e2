using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>Elementary functions on lanes, correct to about one unit in the last place.</summary>
internal static class LaneMath<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>log₂ e, what turns powers of e into powers of 2.</summary>
    internal const double Log2E = 1.4426950408889634;

    private const double Ln2 = 0.6931471805599453;

    private static TLanes One => TLanes.Of(1);

    /// <summary>
    /// 2^(x·scale) for x·scale ≤ 0. Below 2^-100 (2^-1000 in double) it is 0, so that no denormal number, which many
    /// processors handle slowly, gets into a product. NaN stays NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Power2(TLanes x, TLanes scale)
    {
        // x·scale = n + f with n the nearest integer, which adding a large number leaves in the lowest bits, and f in
        // [-½, ½]; 2^f = 1 + f·q(f), q interpolated at Chebyshev nodes.
        var shift = TLanes.Of(typeof(T) == typeof(float) ? FloatBits.Shift32 : FloatBits.Shift64);
        var shifted = TLanes.MultiplyAdd(x, scale, shift);
        var f = TLanes.MultiplyAdd(x, scale, shift - shifted);
        TLanes q;
        if (typeof(T) == typeof(float))
        {
            q = TLanes.MultiplyAdd(TLanes.Of(1.5453162945e-4), f, TLanes.Of(1.3390863365e-3));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(9.6180825573e-3));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(5.5503571142e-2));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(2.4022650761e-1));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(6.9314718803e-1));
        }
        else
        {
            q = TLanes.MultiplyAdd(TLanes.Of(2.5729324177362304e-11), f, TLanes.Of(4.455817908336064e-10));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(7.0548973041554993e-9));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(1.0178057087733941e-7));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(1.3215486808705563e-6));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(1.5252733841556773e-5));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(1.5403530393370733e-4));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(1.3333558146406470e-3));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(9.6181291076284795e-3));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(5.5504108664821627e-2));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(2.4022650695910071e-1));
            q = TLanes.MultiplyAdd(q, f, TLanes.Of(6.9314718055994531e-1));
        }

        var whole = TLanes.PowerOfTwo(shifted);
        var vanishes = TLanes.Less(shifted, TLanes.Of(typeof(T) == typeof(float) ? FloatBits.Shift32 - 100 : FloatBits.Shift64 - 1000));
        return TLanes.Select(vanishes, default, TLanes.MultiplyAdd(q * f, whole, whole));
    }

    /// <summary>The nearest integer of a number that is small against the integers the type has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Round(TLanes x)
    {
        var shift = TLanes.Of(typeof(T) == typeof(float) ? FloatBits.Shift32 : FloatBits.Shift64);
        return x + shift - shift;
    }

    /// <summary>The natural logarithm of a positive normal number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Log(TLanes x)
    {
        var mantissa = TLanes.Split(x, out var exponent);
        var s = (mantissa - One) / (mantissa + One);
        
        // x − x is 0, and NaN where x is NaN or infinite.
        return TLanes.MultiplyAdd(exponent, TLanes.Of(Ln2), TwiceArtanh(s)) + (x - x);
    }

    /// <summary>log(1 + x) for 0 ≤ x ≤ 1, accurate however small x is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes LogOnePlus(TLanes x)
    {
        if (typeof(T) == typeof(double))
        {
            return TwiceArtanh(x / (x + TLanes.Of(2)));
        }

        // x·q(x), q interpolated at Chebyshev nodes: for float32 that is cheaper than the division.
        var q = TLanes.Of(-3.1760570184e-3);
        q = TLanes.MultiplyAdd(q, x, TLanes.Of(1.9542527261e-2));
        q = TLanes.MultiplyAdd(q, x, TLanes.Of(-5.6373612830e-2));
        q = TLanes.MultiplyAdd(q, x, TLanes.Of(1.0543623795e-1));
        q = TLanes.MultiplyAdd(q, x, TLanes.Of(-1.5269667074e-1));
        q = TLanes.MultiplyAdd(q, x, TLanes.Of(1.9663274257e-1));
        q = TLanes.MultiplyAdd(q, x, TLanes.Of(-2.4951616263e-1));
        q = TLanes.MultiplyAdd(q, x, TLanes.Of(3.3329710499e-1));
        q = TLanes.MultiplyAdd(q, x, TLanes.Of(-4.9999892648e-1));
        q = TLanes.MultiplyAdd(q, x, TLanes.Of(9.9999999466e-1));
        return x * q;
    }

    /// <summary>x^exponent for 0 ≤ x ≤ 1 and exponent ≥ 0; 0^0 = 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Power(TLanes x, double exponent)
    {
        if (exponent == 2)
        {
            return x * x;
        }

        return exponent switch
        {
            0 => One,
            1 => x,
            _ => GeneralPower(x, exponent),
        };
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TLanes GeneralPower(TLanes x, double exponent)
    {
        // Log wants a normal number; what lies below the smallest is as good as 0.
        var smallest = TLanes.Of(1.2e-38);
        var power = Power2(Log(TLanes.Max(smallest, x)), TLanes.Of(exponent * Log2E));
        return TLanes.Select(TLanes.Less(x, smallest), default, power);
    }

    /// <summary>log((1+s)/(1−s)) = 2 (s + s³/3 + s⁵/5 + …) for 0 ≤ |s| ≤ 1/3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes TwiceArtanh(TLanes s)
    {
        var w = s * s;
        var sum = TLanes.Of(1.0 / 15);
        if (typeof(T) == typeof(double))
        {
            sum = TLanes.Of(1.0 / 33);
            sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 31));
            sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 29));
            sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 27));
            sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 25));
            sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 23));
            sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 21));
            sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 19));
            sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 17));
            sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 15));
        }

        sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 13));
        sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 11));
        sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 9));
        sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 7));
        sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 5));
        sum = TLanes.MultiplyAdd(sum, w, TLanes.Of(1.0 / 3));
        var twice = s + s;
        return TLanes.MultiplyAdd(twice * w, sum, twice);
    }
}
