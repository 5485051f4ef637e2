using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>Weights and labels of one channel and of its background: hard ones as they are, soft ones a row each.</summary>
internal readonly unsafe struct GeneralRows<T>(T* weight, T* hard, T* soft, T* backgroundSoft)
    where T : unmanaged
{
    internal readonly T* Weight = weight;

    /// <summary>1 in the foreground, 0 in the background.</summary>
    internal readonly T* Hard = hard;

    internal readonly T* Soft = soft;

    internal readonly T* BackgroundSoft = backgroundSoft;

    /// <summary>w y and w y' of a vector of pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Load<TLanes, TSoft>(int i, TLanes weight, out TLanes foreground, out TLanes background)
        where TLanes : unmanaged, ILanes<TLanes, T>
        where TSoft : IFlag
    {
        if (TSoft.IsSet)
        {
            (foreground, background) = (weight * TLanes.Load(Soft + i), weight * TLanes.Load(BackgroundSoft + i));
            return;
        }

        // The weight of a pixel without label is 0.
        var label = TLanes.Load(Hard + i);
        foreground = TLanes.SelectEqual(label, default, default, weight);
        background = TLanes.SelectEqual(label, default, weight, default);
    }
}
