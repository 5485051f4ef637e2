using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>w |p − y|, which is w (1 − p) with all its digits where y = 1: c = ±w p, 0 where p = y.</summary>
internal readonly unsafe struct DifferenceFunction<TLanes, T> : IPixelFunction<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Value(in PixelRow<T> row, int i, in PixelShape shape)
    {
        var gap = Gap(row, i);
        return TLanes.Load(row.Weight + i) * TLanes.Max(gap, -gap);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Slope(in PixelRow<T> row, int i, in PixelShape shape)
    {
        var (gap, c) = (Gap(row, i), TLanes.Load(row.Weight + i) * TLanes.Load(row.Probability + i));
        return TLanes.SelectLess(gap, default, -c, TLanes.SelectEqual(gap, default, default, c));
    }

    /// <summary>p − y</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Gap(in PixelRow<T> row, int i)
    {
        var y = TLanes.Load(row.Label + i);
        return TLanes.SelectEqual(y, TLanes.Of(1), -TLanes.Load(row.OneMinusP + i), TLanes.Load(row.Probability + i) - y);
    }
}

/// <summary>w y²: c = 0.</summary>
internal readonly unsafe struct TargetSquareFunction<TLanes, T> : IPixelFunction<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Value(in PixelRow<T> row, int i, in PixelShape shape)
    {
        var y = TLanes.Load(row.Label + i);
        return TLanes.Load(row.Weight + i) * y * y;
    }

    public static TLanes Slope(in PixelRow<T> row, int i, in PixelShape shape) => default;
}
