using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>w y · −log p: c = −w y. A pixel with y = 0 adds 0 even where −log p is infinite.</summary>
internal readonly unsafe struct NegativeLogFunction<TLanes, T> : IPixelFunction<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Value(in PixelRow<T> row, int i, in PixelShape shape)
    {
        var weight = TLanes.Load(row.Weight + i) * TLanes.Load(row.Label + i);
        return TLanes.SelectEqual(weight, default, default, weight * TLanes.Load(row.NegativeLog + i));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Slope(in PixelRow<T> row, int i, in PixelShape shape) => -(TLanes.Load(row.Weight + i) * TLanes.Load(row.Label + i));
}

/// <summary>w y (−log p)^γ: c = −w y γ (−log p)^(γ−1), 0 where −log p is: for γ &lt; 1 that power is infinite there, but 1 − p is 0.</summary>
internal readonly unsafe struct NegativeLogPowerFunction<TLanes, T> : IPixelFunction<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Value(in PixelRow<T> row, int i, in PixelShape shape)
    {
        var weight = TLanes.Load(row.Weight + i) * TLanes.Load(row.Label + i);
        var negativeLog = TLanes.Load(row.NegativeLog + i);
        var value = TLanes.SelectEqual(negativeLog, default, default, weight * PositivePower<TLanes, T>.Of(negativeLog, shape.Exponent));
        return TLanes.SelectEqual(weight, default, default, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Slope(in PixelRow<T> row, int i, in PixelShape shape)
    {
        var weight = TLanes.Load(row.Weight + i) * TLanes.Load(row.Label + i);
        var negativeLog = TLanes.Load(row.NegativeLog + i);
        var power = weight * TLanes.Of(-shape.Exponent.Whole) * PositivePower<TLanes, T>.Of(negativeLog, shape.Less);
        return TLanes.SelectEqual(weight, default, default, TLanes.SelectEqual(negativeLog, default, default, power));
    }
}

/// <summary>w · −log p: c = −w.</summary>
internal readonly unsafe struct NegativeLogEverywhereFunction<TLanes, T> : IPixelFunction<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Value(in PixelRow<T> row, int i, in PixelShape shape) => TLanes.Load(row.Weight + i) * TLanes.Load(row.NegativeLog + i);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Slope(in PixelRow<T> row, int i, in PixelShape shape) => -TLanes.Load(row.Weight + i);
}

/// <summary>w y times the focal term, of which <see cref="SoftmaxFocal{TLanes, T}"/> knows value and slope.</summary>
internal readonly unsafe struct FocalFunction<TLanes, T> : IPixelFunction<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Value(in PixelRow<T> row, int i, in PixelShape shape)
    {
        var weight = TLanes.Load(row.Weight + i) * TLanes.Load(row.Label + i);
        var term = SoftmaxFocal<TLanes, T>.Term(TLanes.Load(row.Probability + i), TLanes.Load(row.OneMinusP + i), TLanes.Load(row.NegativeLog + i), shape.Focal);
        return TLanes.SelectEqual(weight, default, default, weight * term);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Slope(in PixelRow<T> row, int i, in PixelShape shape)
    {
        var weight = TLanes.Load(row.Weight + i) * TLanes.Load(row.Label + i);
        var descent = SoftmaxFocal<TLanes, T>.Descent(TLanes.Load(row.Probability + i), TLanes.Load(row.OneMinusP + i), TLanes.Load(row.NegativeLog + i), shape.Focal);
        return TLanes.SelectEqual(weight, default, default, -(weight * descent));
    }
}
