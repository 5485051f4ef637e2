using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>What the next tile will read, so that it can be brought near while this one is calculated.</summary>
/// <param name="start">Its first logit; null where there is nothing to bring.</param>
/// <param name="stride">Bytes from a row to the next.</param>
internal readonly unsafe struct NextTile(byte* start, long stride)
{
    private readonly byte* _start = start;
    private readonly long _stride = stride;

    /// <summary>The first logit of a class, 0 where there is nothing to bring, and the bytes from a row to the next.</summary>
    internal (nint Start, long Stride) From(int classIndex) => (_start == null ? 0 : (nint)_start + (nint)(classIndex * _stride), _stride);

    /// <summary>Asks for a whole row.</summary>
    /// <param name="classIndex">Which.</param>
    /// <param name="bytes">How long it is.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void BringRow(int classIndex, int bytes)
    {
        var row = _start + (classIndex * _stride);
        for (var i = 0; i < bytes && _start != null; i += Lines.Bytes)
        {
            Lines.Prefetch(row + i);
        }
    }
}
