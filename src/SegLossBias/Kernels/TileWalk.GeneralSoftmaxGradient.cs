namespace SegLossBias;

/// <content>The gradient of exclusive classes with soft labels, weights, maps, instances and all kinds of statistics.</content>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
{
    /// <summary>
    /// Whether the gradient of sizes with τ = 1 goes by the mean of their upstream gradients, and not by the slopes of all classes.
    /// </summary>
    private bool HasSizeMean => _plan.Size >= 0 && !General.HasSlopes;

    private void BackwardGeneralSoftmax(int image, long pixel, int count, long last, double* upstream)
    {
        var (general, padded) = (General, PaddedCount(count));
        _ = ReadGeneral(image, 0, _job.Channels, pixel, count, last);
        var next = Next(image, 0, pixel, count, last);
        if (general.HasPowers || _plan.Tempered.Length > 0)
        {
            SoftmaxPowers<TLanes, T>.SetMax(_tile, padded);
        }

        for (var j = 0; j < _plan.Tempered.Length; j++, next = default)
        {
            SetTemperedPowers<Yes>(j, true, padded, next);
            var softmax = _tile.Tempered(j);
            GeneralSoftmax<TLanes, T>.SetFactor(softmax, _job.Request.Temperatures[_plan.Tempered[j]], _general.Weight, padded);
            SoftmaxSizes<TLanes, T>.DivideMean(softmax, padded);
        }

        if (general.HasPowers)
        {
            if (_plan.WholeTempered < 0)
            {
                SetPowers(true, HasSizeMean, padded, next);
            }

            SetGeneralPixels(general.ByRow.Length > 0, padded);
            SetSlopesGradient(image, pixel, count, upstream);
        }
        else
        {
            new Span<T>(_tile.Gradient, _job.Channels * _tile.Stride).Clear();
        }

        // Without a size, the powers are yet to be scaled; the first stage that comes does it.
        var isScaled = !general.HasPowers || general.HasSlopes || _plan.Size >= 0;
        for (var j = 0; j < _plan.Tempered.Length; j++, isScaled = true)
        {
            if (isScaled)
            {
                SoftmaxSizes<TLanes, T>.AddGradient<No>(_tile, _tile.Tempered(j), padded);
            }
            else
            {
                SoftmaxSizes<TLanes, T>.AddGradient<Yes>(_tile, _tile.Tempered(j), padded);
            }
        }

        if (!isScaled)
        {
            SoftmaxSizes<TLanes, T>.ScalePowers<No>(_tile, padded);
        }

        AddGeneralOneVsRestGradient(padded, upstream);
    }

    /// <summary>
    /// The gradient of all with τ = 1. Slopes of the true class alone, beside sizes, go the way of hard labels; others are set for every
    /// class.
    /// </summary>
    private void SetSlopesGradient(int image, long pixel, int count, double* upstream)
    {
        var padded = PaddedCount(count);
        if (!General.IsSoft)
        {
            SetTrueSlope(padded, upstream);
        }

        if (!General.HasSlopes)
        {
            SetTrueClassScale(padded);
            return;
        }

        LoadClassUpstream(TrueClassSumsOf(upstream, -1));
        if (!General.KeepsSlopes)
        {
            SetLinearGradient(padded);
            return;
        }

        if (General.IsSoft)
        {
            GeneralSoftmaxGradient<TLanes, T>.SetSlopes<Yes>(_tile, _general, padded, _plan.Size >= 0);
        }
        else
        {
            GeneralSoftmaxGradient<TLanes, T>.SetSlopes<No>(_tile, _general, padded, _plan.Size >= 0);
            GeneralTrueClass<TLanes, T>.AddToRows(_tile, _general.TrueSlope, padded, _general.Slopes);
        }

        for (var k = 0; k < _job.Channels && General.ByRow.Length > 0; k++)
        {
            GeneralSoftmax<TLanes, T>.SetRow(_tile, _general, k, padded);
            var row = ClassRow(k, padded);
            foreach (var term in General.ByRow)
            {
                if (term.HasGradient)
                {
                    PixelFunctions<TLanes, T>.Set<Yes>(term, WithMap(term, row, image, k, pixel, count), padded, _general.Values);
                    RowMath<TLanes, T>.AddScaled(_general.Values, Foreground(upstream, term.Place)[k], padded, _general.Slopes + ((long)k * _tile.Stride));
                }
            }
        }

        AddConfusionSlopes(padded, upstream);
        GeneralSoftmaxGradient<TLanes, T>.Finish(_tile, _general, padded);
    }

    private void SetLinearGradient(int padded)
    {
        if (General.HasProbability)
        {
            GeneralSoftmaxGradient<TLanes, T>.SetLinear<Yes>(_tile, _general, padded, _plan.Size >= 0);
        }
        else
        {
            GeneralSoftmaxGradient<TLanes, T>.SetLinear<No>(_tile, _general, padded, _plan.Size >= 0);
        }
    }

    /// <summary>c of the true class: the slope of each term times the upstream gradient of the pixel, that of its instance included.</summary>
    private void SetTrueSlope(int padded, double* upstream)
    {
        new Span<T>(_general.TrueSlope, padded).Clear();
        var row = SetTrueClassRow(General.TrueClassHasProbability || !General.HasSlopes, General.TrueSlopeHasLog, padded);
        foreach (var term in General.ByLabel)
        {
            if (!term.HasGradient)
            {
                continue;
            }

            PixelFunctions<TLanes, T>.Set<Yes>(term, row, padded, _general.Values);
            GeneralTrueClass<TLanes, T>.Spread(_tile, Foreground(upstream, term.Place), padded, _general.Upstream);
            if (term.Kind == StatisticKind.Overlap && _job.Instances is not null)
            {
                InstanceTile<TLanes, T>.Spread(Foreground(upstream, term.Place) + (2L * _job.Channels), padded, _general.Instance, _general.Upstream);
            }

            RowMath<TLanes, T>.AddProduct(_general.Values, _general.Upstream, 1, padded, _general.TrueSlope);
        }
    }

    private void SetTrueClassScale(int padded)
    {
        if (_plan.Size < 0)
        {
            GeneralTrueClass<TLanes, T>.SetScale<No>(_tile, _general, padded);
        }
        else
        {
            GeneralSoftmax<TLanes, T>.SetFactor(_tile.Softmax, 1, _general.Weight, padded);
            SoftmaxSizes<TLanes, T>.DivideMean(_tile.Softmax, padded);
            GeneralTrueClass<TLanes, T>.SpreadSizes(_tile, _tile.Softmax.Upstream, padded, _general.Upstream);
            GeneralTrueClass<TLanes, T>.SetScale<Yes>(_tile, _general, padded);
            SoftmaxSizes<TLanes, T>.ScalePowers<Yes>(_tile, padded);
        }

        SoftmaxTrueClassGradient<TLanes, T>.Put(_tile, padded);
    }

    /// <summary>Copies the upstream gradients of overlap and negative log-likelihood of all classes to where vectors read them, 0 where there are none.</summary>
    private void LoadClassUpstream(TrueClassSums upstream)
    {
        for (var k = 0; k < _job.Channels; k++)
        {
            TLanes.StoreOne(_general.ClassOverlap + k, upstream.Overlap == null ? 0 : upstream.Overlap[k]);
            TLanes.StoreOne(_general.ClassLikelihood + k, upstream.NegativeLogLikelihood == null ? 0 : upstream.NegativeLogLikelihood[k]);
        }
    }
}
