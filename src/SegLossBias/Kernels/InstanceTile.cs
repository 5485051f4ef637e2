using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>The instances of a few consecutive pixels, and their sums: pixel after pixel, since an instance has few.</summary>
internal static unsafe class InstanceTile<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>Reads the numbers, -1 where a pixel is ignored or padding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Read(in PixelView view, int image, int channel, long pixel, int count, int padded, T* label, int* instance)
    {
        var source = view.At<int>(image, channel, pixel);
        for (var i = 0; i < count; i++)
        {
            instance[i] = RowMath<TLanes, T>.Value(label[i]) < 0 ? -1 : source[i * view.PixelStride];
        }

        new Span<int>(instance + count, padded - count).Fill(-1);
    }

    /// <summary>A channel on its own has no instances outside its foreground.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void KeepForeground(int count, T* label, int* instance)
    {
        for (var i = 0; i < count; i++)
        {
            instance[i] = RowMath<TLanes, T>.Value(label[i]) == 1 ? instance[i] : -1;
        }
    }

    /// <summary>sums[instance[i]] += values[i]</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Add(T* values, int count, int* instance, double* sums)
    {
        for (var i = 0; i < count; i++)
        {
            if (instance[i] >= 0)
            {
                sums[instance[i]] += RowMath<TLanes, T>.Value(values[i]);
            }
        }
    }

    /// <summary>target[i] += numbers[instance[i]]</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Spread(double* numbers, int count, int* instance, T* target)
    {
        for (var i = 0; i < count; i++)
        {
            if (instance[i] >= 0)
            {
                TLanes.StoreOne(target + i, RowMath<TLanes, T>.Value(target[i]) + numbers[instance[i]]);
            }
        }
    }

    /// <summary>values[i] = w p with p of the true side of one channel: the foreground where the label is 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void SetOverlap(T* label, in GeneralTile<T> general, int count)
    {
        T* weight = general.Weight, probability = general.Probability, oneMinusP = general.OneMinusP, values = general.Values;
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var p = TLanes.SelectEqual(TLanes.Load(label + i), TLanes.Of(1), TLanes.Load(probability + i), TLanes.Load(oneMinusP + i));
            TLanes.Store(values + i, TLanes.Load(weight + i) * p);
        }
    }

    /// <summary>gradient[i] += ±u w p (1 − p), minus where the background is the true side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddGradient(T* label, in GeneralTile<T> general, int count, T* gradient)
    {
        T* weight = general.Weight, probability = general.Probability, oneMinusP = general.OneMinusP, upstream = general.Upstream;
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var u = TLanes.Load(upstream + i);
            var signed = TLanes.SelectEqual(TLanes.Load(label + i), TLanes.Of(1), u, -u);
            var slope = TLanes.Load(weight + i) * TLanes.Load(probability + i) * TLanes.Load(oneMinusP + i);
            TLanes.Store(gradient + i, TLanes.MultiplyAdd(signed, slope, TLanes.Load(gradient + i)));
        }
    }
}
