using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <content>Two exclusive classes: the softmax of class 1 is the sigmoid of z₁ − z₀, that of class 0 its background.</content>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool ForwardTwoClass(int image, long pixel, int count, double* sums)
    {
        var isGood = ReadTwoClass(image, pixel, count);
        AddRow(PaddedCount(count), sums + 1, sums);
        return isGood;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BackwardTwoClass(int image, long pixel, int count, double* upstream)
    {
        _ = ReadTwoClass(image, pixel, count);
        var padded = PaddedCount(count);
        AddRowGradient(padded, upstream + 1, upstream);
        MirrorGradient(padded);
    }

    /// <summary>The gradient of class 1 is moved to its row, and that of class 0 is its opposite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MirrorGradient(int padded)
    {
        var gradient = _tile.Gradient;
        for (var i = 0; i < padded; i += TLanes.Count)
        {
            var slope = TLanes.Load(gradient + i);
            TLanes.Store(gradient + _tile.Stride + i, slope);
            TLanes.Store(gradient + i, -slope);
        }
    }

    private bool ReadTwoClass(int image, long pixel, int count)
    {
        var isGood = ReadTile(image, 0, 2, pixel, count);
        SubtractLogits(PaddedCount(count));
        return isGood;
    }

    /// <summary>
    /// The first row becomes the logit of class 1 against class 0, z₁ − z₀. The difference alone would hide an overflow: with
    /// z₁ = +∞ and any finite z₀ it is the logit of a sure class 1. 0 · max(z₀, z₁) makes it NaN, as the softmax is, and adds 0
    /// otherwise.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SubtractLogits(int padded)
    {
        var z = _tile.Logits;
        for (var i = 0; i < padded; i += TLanes.Count)
        {
            var (zero, one) = (TLanes.Load(z + i), TLanes.Load(z + _tile.Stride + i));
            TLanes.Store(z + i, TLanes.MultiplyAdd(TLanes.Max(zero, one), default, one - zero));
        }
    }
}
