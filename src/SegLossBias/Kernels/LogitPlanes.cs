using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>Copies between planes, whose pixels stand side by side in the type of the kernel, and rows.</summary>
internal static unsafe class LogitPlanes<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void CopyIn(T* source, long sourceStride, int channels, int count, T* rows, int stride)
    {
        var whole = count - (count % TLanes.Count);
        for (var channel = 0; channel < channels; channel++, source += sourceStride, rows += stride)
        {
            for (var i = 0; i < whole; i += TLanes.Count)
            {
                TLanes.Store(rows + i, TLanes.Load(source + i));
            }

            for (var i = whole; i < count; i++)
            {
                rows[i] = source[i];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void CopyOut(T* rows, int stride, int channels, int count, T* target, long targetStride, bool aroundCaches)
    {
        var whole = count - (count % TLanes.Count);
        for (var channel = 0; channel < channels; channel++, rows += stride, target += targetStride)
        {
            if (aroundCaches && (nuint)target % (nuint)sizeof(TLanes) == 0)
            {
                for (var i = 0; i < whole; i += TLanes.Count)
                {
                    TLanes.StoreNonTemporal(target + i, TLanes.Load(rows + i));
                }
            }
            else
            {
                for (var i = 0; i < whole; i += TLanes.Count)
                {
                    TLanes.Store(target + i, TLanes.Load(rows + i));
                }
            }

            for (var i = whole; i < count; i++)
            {
                target[i] = rows[i];
            }
        }
    }
}
