using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>The weights of a few consecutive pixels, checked: 0 where a pixel is ignored or padding.</summary>
internal static unsafe class PixelWeights<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>Reads the weights, 1 where there are none. A negative weight, NaN and ∞ become 0.</summary>
    /// <returns>False when there is such a weight.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static bool Read(PixelView? view, int image, int channel, long pixel, int count, int padded, T* weight)
    {
        if (view is not { } given)
        {
            RowMath<TLanes, T>.Fill(weight, 1, padded);
            new Span<T>(weight + count, padded - count).Clear();
            return true;
        }

        LogitTile<TLanes, T>.Read(given, image, channel, pixel, 1, count, padded, weight, 0);
        var isGood = true;
        for (var i = 0; i < padded; i += TLanes.Count)
        {
            var w = TLanes.Load(weight + i);
            var kept = TLanes.ZeroWhereLess(w, default, TLanes.SelectLess(w, TLanes.Of(double.PositiveInfinity), w, default));
            if (!TLanes.AllEqual(w, kept))
            {
                isGood = false;
                TLanes.Store(weight + i, kept);
            }
        }

        return isGood;
    }

    /// <summary>A pixel that counts but whose map is not finite gets the weight 0.</summary>
    /// <param name="map">The map of one class.</param>
    /// <param name="padded">Pixels, a multiple of the vector.</param>
    /// <param name="weight">The weights.</param>
    /// <returns>False when there is such a pixel.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static bool CheckMap(T* map, int padded, T* weight)
    {
        var isGood = true;
        for (var i = 0; i < padded; i += TLanes.Count)
        {
            // x − x is 0 where x is finite, else NaN.
            var (w, x) = (TLanes.Load(weight + i), TLanes.Load(map + i));
            var kept = TLanes.SelectEqual(x - x, default, w, default);
            if (!TLanes.AllEqual(w, kept))
            {
                isGood = false;
                TLanes.Store(weight + i, kept);
            }
        }

        return isGood;
    }

    /// <summary>Makes the labels of ignored pixels say so: label[i] = −1 where the weight is 0, and where there are no hard labels 0 elsewhere.</summary>
    /// <typeparam name="THard">Whether there are hard labels.</typeparam>
    /// <param name="tile">Its labels are set.</param>
    /// <param name="weight">The weights.</param>
    /// <param name="padded">Pixels, a multiple of the vector.</param>
    /// <returns>Whether there is an ignored pixel.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static bool MarkIgnored<THard>(in Tile<TLanes, T> tile, T* weight, int padded)
        where THard : IFlag
    {
        var label = tile.Label;
        var minusOne = TLanes.Of(LabelTile<TLanes, T>.Ignored);
        var ignored = default(TLanes);
        for (var i = 0; i < padded; i += TLanes.Count)
        {
            var w = TLanes.Load(weight + i);
            var given = THard.IsSet ? TLanes.Load(label + i) : default;
            var kept = TLanes.SelectEqual(w, default, minusOne, given);
            ignored = TLanes.SelectLess(kept, default, kept, ignored);
            if (!THard.IsSet)
            {
                TLanes.Store(label + i, kept);
            }
            else if (!TLanes.AllEqual(given, kept))
            {
                TLanes.Store(label + i, kept);
                MarkIndex(tile, i);
            }
        }

        return !TLanes.AllEqual(ignored, default);
    }

    /// <summary>The integers of a vector of labels, again.</summary>
    private static void MarkIndex(in Tile<TLanes, T> tile, int first)
    {
        for (var lane = first; lane < first + TLanes.Count; lane++)
        {
            tile.Index[lane] = (int)RowMath<TLanes, T>.Value(tile.Label[lane]);
        }

        tile.Group[first / TLanes.Count] = TLanes.AllEqual(TLanes.Load(tile.Label + first), TLanes.Of(tile.Index[first])) ? tile.Index[first] : LabelTile<TLanes, T>.Mixed;
    }
}
