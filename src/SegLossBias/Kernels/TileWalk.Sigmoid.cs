using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <content>Channels on their own, and two exclusive classes as one such channel.</content>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool ForwardSigmoid(int image, long pixel, int count, double* sums)
    {
        var isGood = true;
        for (var channel = 0; channel < _job.Channels; channel++)
        {
            isGood &= ReadTile(image, channel, 1, pixel, count);
            AddRow(PaddedCount(count), sums + channel, sums + _job.Channels + channel);
        }

        return isGood;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BackwardSigmoid(int image, int channel, long pixel, int count, double* upstream)
    {
        _ = ReadTile(image, channel, 1, pixel, count);
        AddRowGradient(PaddedCount(count), upstream + channel, upstream + _job.Channels + channel);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool ForwardPair(int image, long pixel, int count, double* sums)
    {
        var isGood = ReadPair(image, pixel, count);
        AddRow(PaddedCount(count), sums + 1, sums);
        return isGood;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BackwardPair(int image, long pixel, int count, double* upstream)
    {
        _ = ReadPair(image, pixel, count);
        var padded = PaddedCount(count);
        AddRowGradient(padded, upstream + 1, upstream);
        for (var i = 0; i < padded; i += TLanes.Count)
        {
            var slope = TLanes.Load(_e + i);
            TLanes.Store(_e + _plan.Stride + i, slope);
            TLanes.Store(_e + i, -slope);
        }
    }

    /// <summary>
    /// The first row becomes the logit of class 1 against class 0, z₁ − z₀. The difference alone would hide an overflow: with
    /// z₁ = +∞ and any finite z₀ it is the logit of a sure class 1. 0 · max(z₀, z₁) makes it NaN, as the softmax is, and adds 0
    /// otherwise.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool ReadPair(int image, long pixel, int count)
    {
        var isGood = ReadTile(image, 0, 2, pixel, count);
        for (var i = 0; i < PaddedCount(count); i += TLanes.Count)
        {
            var (zero, one) = (TLanes.Load(_z + i), TLanes.Load(_z + _plan.Stride + i));
            TLanes.Store(_z + i, TLanes.MultiplyAdd(TLanes.Max(zero, one), default, one - zero));
        }

        return isGood;
    }

    /// <summary>Adds the statistics of a row; the first numbers of foreground and background say where.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRow(int padded, double* foreground, double* background)
    {
        var own = Own(foreground, RowFocal);
        for (var place = 0; place < _job.Request.Temperatures.Length; place++)
        {
            if (HasRowOfItsOwn(place, own))
            {
                SigmoidRow<TLanes, T>.AddSizes(_z, _label, padded, _job.Request.Temperatures[place], Foreground(foreground, place), Foreground(background, place));
            }
        }

        SigmoidRow<TLanes, T>.AddTargets(_label, 1, padded, Targets(foreground), Targets(background));
        if (!own.IsEmpty)
        {
            var size = _plan.Size < 0 ? null : Foreground(foreground, _plan.Size);
            var rest = _plan.Size < 0 ? null : Foreground(background, _plan.Size);
            SigmoidRow<TLanes, T>.AddOwn(_z, _label, 1, padded, RowFocalShape, own, Own(background, RowFocal), size, rest);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRowGradient(int padded, double* foreground, double* background)
    {
        var own = Own(foreground, RowFocal);
        new Span<T>(_e, padded).Clear();
        for (var place = 0; place < _job.Request.Temperatures.Length; place++)
        {
            if (HasRowOfItsOwn(place, own))
            {
                SigmoidRow<TLanes, T>.AddSizeGradient(_z, _label, _e, padded, _job.Request.Temperatures[place], SizeGradient(foreground, background, place));
            }
        }

        if (!own.IsEmpty)
        {
            var size = _plan.Size < 0 ? 0 : SizeGradient(foreground, background, _plan.Size);
            SigmoidRow<TLanes, T>.AddOwnGradient(_z, _label, 1, _e, padded, RowFocalShape, own, Own(background, RowFocal), size);
        }
    }

    /// <summary>Whether this is a predicted size that does not come with the sums over own pixels.</summary>
    private bool HasRowOfItsOwn(int place, OwnSums own) =>
        _job.Request.Temperatures[place] > 0 && (place != _plan.Size || own.IsEmpty);

    /// <summary>Upstream gradient of Σ σ(τz), which is |V| − Σ σ(−τz).</summary>
    private double SizeGradient(double* foreground, double* background, int place) => *Foreground(foreground, place) - *Foreground(background, place);

    /// <summary>Channels on their own have one focal sum, whichever form was asked for; a pair has that of the softmax.</summary>
    private int RowFocal => Math.Max(_job.Request.SoftmaxFocal, _job.Request.OneVsRestFocal);

    private FocalShape RowFocalShape => _job.Request.SoftmaxFocal >= 0 ? _softmaxFocal : _oneVsRestFocal;
}
