using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>w y p: c is the same.</summary>
internal readonly unsafe struct OverlapFunction<TLanes, T> : IPixelFunction<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Value(in PixelRow<T> row, int i, in PixelShape shape) =>
        TLanes.Load(row.Weight + i) * TLanes.Load(row.Label + i) * TLanes.Load(row.Probability + i);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Slope(in PixelRow<T> row, int i, in PixelShape shape) => Value(row, i, shape);
}

/// <summary>w p^q: c is q times that.</summary>
internal readonly unsafe struct PowerFunction<TLanes, T> : IPixelFunction<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Value(in PixelRow<T> row, int i, in PixelShape shape) =>
        TLanes.Load(row.Weight + i) * LaneMath<TLanes, T>.Power(TLanes.Load(row.Probability + i), shape.Focal.Gamma);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Slope(in PixelRow<T> row, int i, in PixelShape shape) => TLanes.Of(shape.Focal.Gamma) * Value(row, i, shape);
}

/// <summary>w y p^q: c is q times that.</summary>
internal readonly unsafe struct OverlapPowerFunction<TLanes, T> : IPixelFunction<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Value(in PixelRow<T> row, int i, in PixelShape shape) =>
        TLanes.Load(row.Label + i) * PowerFunction<TLanes, T>.Value(row, i, shape);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Slope(in PixelRow<T> row, int i, in PixelShape shape) => TLanes.Of(shape.Focal.Gamma) * Value(row, i, shape);
}

/// <summary>w φ p: c is the same. What the map says of a pixel that does not count is not read.</summary>
internal readonly unsafe struct MapFunction<TLanes, T> : IPixelFunction<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Value(in PixelRow<T> row, int i, in PixelShape shape)
    {
        var weight = TLanes.Load(row.Weight + i);
        return TLanes.SelectEqual(weight, default, default, weight * TLanes.Load(row.Map + i) * TLanes.Load(row.Probability + i));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Slope(in PixelRow<T> row, int i, in PixelShape shape) => Value(row, i, shape);
}
