using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>Arithmetic on rows of pixels, whose length is a multiple of the vector.</summary>
internal static unsafe class RowMath<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Value(T value) => typeof(T) == typeof(float) ? Unsafe.BitCast<T, float>(value) : Unsafe.BitCast<T, double>(value);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double Sum(T* row, int count)
    {
        var sum = default(TLanes);
        for (var i = 0; i < count; i += TLanes.Count)
        {
            sum += TLanes.Load(row + i);
        }

        return TLanes.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Fill(T* row, double value, int count)
    {
        for (var i = 0; i < count; i += TLanes.Count)
        {
            TLanes.Store(row + i, TLanes.Of(value));
        }
    }

    /// <summary>target[i] = 1 − row[i]</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void OneMinus(T* row, int count, T* target)
    {
        for (var i = 0; i < count; i += TLanes.Count)
        {
            TLanes.Store(target + i, TLanes.Of(1) - TLanes.Load(row + i));
        }
    }

    /// <summary>target[i] = 1 where row[i] is the number, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AreEqual(T* row, double number, int count, T* target)
    {
        for (var i = 0; i < count; i += TLanes.Count)
        {
            TLanes.Store(target + i, TLanes.SelectEqual(TLanes.Load(row + i), TLanes.Of(number), TLanes.Of(1), default));
        }
    }

    /// <summary>target[i] += factor · row[i]</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddScaled(T* row, double factor, int count, T* target)
    {
        var scale = TLanes.Of(factor);
        for (var i = 0; i < count; i += TLanes.Count)
        {
            TLanes.Store(target + i, TLanes.MultiplyAdd(TLanes.Load(row + i), scale, TLanes.Load(target + i)));
        }
    }

    /// <summary>target[i] += factor · row[i] · other[i]</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddProduct(T* row, T* other, double factor, int count, T* target)
    {
        var scale = TLanes.Of(factor);
        for (var i = 0; i < count; i += TLanes.Count)
        {
            TLanes.Store(target + i, TLanes.MultiplyAdd(TLanes.Load(row + i) * scale, TLanes.Load(other + i), TLanes.Load(target + i)));
        }
    }
}
