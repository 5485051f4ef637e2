using System.Runtime.CompilerServices;

namespace SegLossBias;

// The softmax and its gradient, for one pixel with logits z and true class y.
//
// 1. e_k = exp(z_k − m) with m = max_k z_k,  s = Σ_k e_k,  p_k = e_k / s. Any m gives the same p; this one cannot overflow.
// 2. ∂p_k/∂z_j = p_k (δ_kj − p_j).
// 3. The loss L depends on this pixel through sums of functions of p. With g_k = ∂L/∂p_k the chain rule and 2 give the one
//    equation of the backward pass:
//
//        dL/dz_j = p_j (g_j − Σ_k p_k g_k)
//
//    Two families of statistics differ in g.
// 4. Dense: a predicted size is Σ p_k over all pixels, so that g_k = u_k, its upstream gradient, in every row. With a
//    temperature, q = softmax(τz), the inner derivative gives a factor:  dL/dz_j = τ q_j (u_j − Σ_k q_k u_k).
// 5. True class: a statistic Σ f(p_y) over the pixels of class y has g_y = u_y f'(p_y) alone. With c = p_y g_y, equation 3 is
//    dL/dz_j = c (δ_jy − p_j). Several such statistics add their c:
//
//        overlap                   f = p           c = u p
//        negative log-likelihood   f = −log p      c = −u
//        focal                     f = (1−p)^γ · −log p    c = −u · Descent   (see SoftmaxFocal)
//
// 6. In powers: dL/dz_j = (−c/s) e_j for j ≠ y, and for the true class (−c/s)(−r) with r = Σ_{k≠y} e_k. 1 − p_y is taken as
//    r/s, since the difference would have no digits left where p_y is near 1.
// 7. With the size for τ = 1, which has the same powers, the sum of 4 and 6 is
//    dL/dz_j = e_j (−c/s + (u_j − mean) / s) for j ≠ y, and (−c/s)(−r) + p_y (u_y − mean) for the true class; mean = Σ_k p_k u_k.

/// <content>Exclusive classes: the gradient.</content>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
{
    /// <summary>The gradient takes the place of the powers with τ = 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BackwardSoftmax(int image, long pixel, int count, long last, double* upstream, in PixelView gradient, bool aroundCaches)
    {
        var (request, padded) = (_job.Request, PaddedCount(count));
        _ = ReadTile(image, pixel, count, out var tile);
        SoftmaxPowers<TLanes, T>.SetMax(tile, padded);
        var next = Next(image, 0, pixel, count, last);
        for (var j = 0; j < _plan.Tempered.Length; j++)
        {
            var (temperature, softmax) = (request.Temperatures[_plan.Tempered[j]], tile.Tempered(j));
            if (j != _plan.WholeTempered)
            {
                SoftmaxPowers<TLanes, T>.Set<Yes, Yes>(tile, softmax, temperature, padded, next);
            }
            else if (_plan.Size >= 0)
            {
                SoftmaxWholePowers<TLanes, T>.Set<Yes, Yes, Yes>(tile, softmax, temperature, padded, next);
            }
            else
            {
                SoftmaxWholePowers<TLanes, T>.Set<Yes, No, Yes>(tile, softmax, temperature, padded, next);
            }

            SoftmaxSizes<TLanes, T>.SetFactor(tile, softmax, temperature, padded);
            SoftmaxSizes<TLanes, T>.DivideMean(softmax, padded);
            next = default;
        }

        var trueClass = TrueClassSumsOf(upstream, request.SoftmaxFocal);
        var everywhere = request.NegativeLogEverywhere < 0 ? null : Foreground(upstream, request.NegativeLogEverywhere);
        var (hasTrueClass, hasSize) = (!trueClass.IsEmpty || everywhere != null, _plan.Size >= 0);
        if (hasTrueClass || hasSize)
        {
            SetTrueClassGradient(tile, trueClass, everywhere == null ? 0 : SoftmaxEverywhere<TLanes, T>.Total(everywhere, _job.Channels), padded, next);
        }
        else
        {
            new Span<T>(tile.Gradient, _job.Channels * tile.Stride).Clear();
        }

        // Without a size, the powers are yet to be scaled; the first stage that comes does it.
        var isScaled = !hasTrueClass || hasSize;
        for (var j = 0; j < _plan.Tempered.Length; j++, isScaled = true)
        {
            if (isScaled)
            {
                SoftmaxSizes<TLanes, T>.AddGradient<No>(tile, tile.Tempered(j), padded);
            }
            else
            {
                SoftmaxSizes<TLanes, T>.AddGradient<Yes>(tile, tile.Tempered(j), padded);
            }
        }

        if (everywhere != null && isScaled)
        {
            SoftmaxEverywhere<TLanes, T>.AddGradient<No>(tile, padded, everywhere);
        }
        else if (everywhere != null)
        {
            SoftmaxEverywhere<TLanes, T>.AddGradient<Yes>(tile, padded, everywhere);
        }
        else if (!isScaled)
        {
            SoftmaxSizes<TLanes, T>.ScalePowers<No>(tile, padded);
        }

        if (request.OneVsRestFocal >= 0)
        {
            WriteOneVsRestGradient<Yes>(new(tile.Logits, tile.LogitStride), image, pixel, count, default, upstream, gradient, aroundCaches);
        }
        else
        {
            LogitTile<TLanes, T>.Write(gradient, image, 0, pixel, _job.Channels, count, tile.Gradient, tile.Stride, aroundCaches);
        }
    }

    /// <summary>
    /// Leaves in the rows the gradient of the true-class sums and of the size with τ = 1, equation 7. Without that size it leaves
    /// what has yet to be multiplied by <see cref="Tile{TLanes, T}.Scale"/>: the powers, and −r for the true class.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SetTrueClassGradient(in Tile<TLanes, T> tile, TrueClassSums upstream, double everywhere, int padded, NextTile next)
    {
        SoftmaxTrueClass<TLanes, T>.PickLogits(tile, padded);
        if (_plan.WholeTempered < 0 && _plan.Size >= 0)
        {
            SoftmaxPowers<TLanes, T>.Set<Yes, Yes>(tile, tile.Softmax, 1, padded, next);
        }
        else if (_plan.WholeTempered < 0)
        {
            SoftmaxPowers<TLanes, T>.Set<Yes, No>(tile, tile.Softmax, 1, padded, next);
        }

        if (_plan.Size >= 0)
        {
            SoftmaxSizes<TLanes, T>.SetFactor(tile, tile.Softmax, 1, padded);
            SoftmaxSizes<TLanes, T>.DivideMean(tile.Softmax, padded);
            SoftmaxTrueClassGradient<TLanes, T>.Set<Yes>(tile, padded, _softmaxFocal, upstream, everywhere);
            SoftmaxSizes<TLanes, T>.ScalePowers<Yes>(tile, padded);
        }
        else
        {
            SoftmaxTrueClassGradient<TLanes, T>.Set<No>(tile, padded, _softmaxFocal, upstream, everywhere);
        }

        SoftmaxTrueClassGradient<TLanes, T>.Put(tile, padded);
    }

    /// <summary>
    /// Copies the upstream gradients of the predicted sizes to where vectors read them. Equation 4 has differences of them alone, so
    /// that any number may be taken from all of them. Where all have one sign, that is the smallest: what differs is left, and no
    /// number becomes larger than it was.
    /// </summary>
    private void LoadSizeUpstream(double* upstream)
    {
        if (_job.Mode != KernelMode.Softmax)
        {
            return;
        }

        LoadSizeUpstream(upstream, _plan.Size, _tile.Softmax.Upstream);
        for (var j = 0; j < _plan.Tempered.Length; j++)
        {
            LoadSizeUpstream(upstream, _plan.Tempered[j], _tile.Tempered(j).Upstream);
        }
    }

    private void LoadSizeUpstream(double* upstream, int place, T* target)
    {
        if (place < 0)
        {
            return;
        }

        var ofClasses = new ReadOnlySpan<double>(Foreground(upstream, place), _job.Channels);
        var (least, most) = (ofClasses[0], ofClasses[0]);
        foreach (var u in ofClasses)
        {
            (least, most) = (Math.Min(least, u), Math.Max(most, u));
        }

        var common = least > 0 ? least : most < 0 ? most : 0;
        for (var k = 0; k < ofClasses.Length; k++)
        {
            TLanes.StoreOne(target + k, ofClasses[k] - common);
        }
    }
}
