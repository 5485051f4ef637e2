using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>
/// The logarithms of <see cref="PixelFactors"/> for each pixel of a softmax, and their gradient. With d = z − max, s the sum of the K powers
/// e, r that of all but the true class, and v the upstream gradient of the pixel:
/// <code>
/// value = a (log s − d_y) + b (K log s − Σ_k d_k)
/// dL/dz_j = e_j v (a + b K) / s − v b for j ≠ y, and −r v a / s + e_y v b K / s − v b for the true class
/// </code>
/// </summary>
internal static unsafe class SoftmaxPixels<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>values[i]; the tile has the logits of the true classes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void SetValues(in Tile<TLanes, T> tile, int count, PixelFactors factors, T* values)
    {
        T* logit = tile.TrueClass, max = tile.Max, sum = tile.Softmax.Sum, lower = tile.Softmax.Lower;
        var (ofTruth, ofAll, classes) = (TLanes.Of(factors.OfTruth), TLanes.Of(factors.OfAll), TLanes.Of(tile.Rows));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var (largest, total, below) = (TLanes.Load(max + i), TLanes.Load(sum + i), TLanes.Load(lower + i));
            var value = ofTruth * TrueClassProbability<TLanes, T>.NegativeLog(TLanes.Load(logit + i) - largest, total, below);
            if (factors.OfAll != 0)
            {
                var log = GeneralSoftmax<TLanes, T>.LogSum(total, below);
                value = TLanes.MultiplyAdd(ofAll, TLanes.MultiplyAdd(classes, log, Depth(tile, i, largest)), value);
            }

            TLanes.Store(values + i, value);
        }
    }

    /// <summary>scale[i] = v (a + b K) / s, and the gradient of the true class; <see cref="SoftmaxTrueClassGradient{TLanes, T}.Put"/> brings it into its row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void SetScale(in Tile<TLanes, T> tile, int count, PixelFactors factors, T* upstream)
    {
        T* trueClass = tile.TrueClass, max = tile.Max, sum = tile.Softmax.Sum, lower = tile.Softmax.Lower, scale = tile.Scale;
        var (ofTruth, ofAll, ofEach) = (TLanes.Of(factors.OfTruth), TLanes.Of(factors.OfAll * tile.Rows), TLanes.Of(-factors.OfAll));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var (v, total) = (TLanes.Load(upstream + i), TLanes.Load(sum + i));
            var d = TLanes.Load(trueClass + i) - TLanes.Load(max + i);
            var power = LaneMath<TLanes, T>.Power2(d, TLanes.Of(LaneMath<TLanes, T>.Log2E));
            var others = TrueClassProbability<TLanes, T>.Others(d, power, total, TLanes.Load(lower + i));
            var over = v / total;
            var all = over * ofAll;
            TLanes.Store(scale + i, TLanes.MultiplyAdd(over, ofTruth, all));
            TLanes.Store(trueClass + i, TLanes.MultiplyAdd(power, all, TLanes.MultiplyAdd(v, ofEach, -(others * over * ofTruth))));
        }
    }

    /// <summary>gradient[k,i] = e[k,i] scale[i] − v[i] b, but for the true class.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ScalePowers(in Tile<TLanes, T> tile, int count, PixelFactors factors, T* upstream)
    {
        if (factors.OfAll == 0)
        {
            SoftmaxSizes<TLanes, T>.ScalePowers<No>(tile, count);
            return;
        }

        T* row = tile.Gradient, scale = tile.Scale;
        var ofAll = TLanes.Of(-factors.OfAll);
        for (var k = 0; k < tile.Rows; k++, row += tile.Stride)
        {
            for (var i = 0; i < count; i += TLanes.Count)
            {
                TLanes.Store(row + i, TLanes.MultiplyAdd(TLanes.Load(row + i), TLanes.Load(scale + i), ofAll * TLanes.Load(upstream + i)));
            }
        }
    }

    /// <summary>Σ_k −d_k, a block of classes at a time; see <see cref="SoftmaxPowers{TLanes, T}"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static TLanes Depth(in Tile<TLanes, T> tile, int i, TLanes largest)
    {
        var z = tile.Logits + i;
        var (all, block) = (default(TLanes), ClassBlock.Length(tile.Rows));
        for (var first = 0; first < tile.Rows; first += block)
        {
            var sum = default(TLanes);
            for (var k = first; k < Math.Min(first + block, tile.Rows); k++, z += tile.LogitStride)
            {
                sum += largest - TLanes.Load(z);
            }

            all += sum;
        }

        return all;
    }
}
