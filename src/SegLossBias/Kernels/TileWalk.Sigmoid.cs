using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <content>Channels on their own, one row at a time.</content>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
{
    /// <summary>A row has one focal sum, whichever form was asked for; two classes have that of the softmax.</summary>
    private int RowFocal => Math.Max(_job.Request.SoftmaxFocal, _job.Request.OneVsRestFocal);

    private FocalShape RowFocalShape => _job.Request.SoftmaxFocal >= 0 ? _softmaxFocal : _oneVsRestFocal;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool ForwardSigmoid(int image, long pixel, int count, long last, double* sums)
    {
        var isGood = true;
        for (var channel = 0; channel < _job.Channels; channel++)
        {
            isGood &= ReadTile(image, channel, 1, pixel, count, out var logits);
            Next(image, channel, pixel, count, last).BringRow(0, count * sizeof(T));
            AddRow(logits.At(0), PaddedCount(count), sums + channel, sums + _job.Channels + channel);
        }

        return isGood;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BackwardSigmoid(int image, int channel, long pixel, int count, long last, double* upstream)
    {
        _ = ReadTile(image, channel, 1, pixel, count, out var logits);
        Next(image, channel, pixel, count, last).BringRow(0, count * sizeof(T));
        AddRowGradient(logits.At(0), PaddedCount(count), upstream + channel, upstream + _job.Channels + channel);
    }

    /// <summary>Adds the statistics of a row; the first numbers of foreground and background say where.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRow(T* logits, int padded, double* foreground, double* background)
    {
        var trueClass = TrueClassSumsOf(foreground, RowFocal);
        for (var place = 0; place < _job.Request.Temperatures.Length; place++)
        {
            if (IsSizeByItself(place, trueClass))
            {
                SigmoidSizes<TLanes, T>.Add(logits, _tile.Label, padded, _job.Request.Temperatures[place], Foreground(foreground, place), Foreground(background, place));
            }
        }

        SigmoidSizes<TLanes, T>.AddTargets(_tile.Label, 1, padded, Targets(foreground), Targets(background));
        var everywhere = _job.Request.NegativeLogEverywhere;
        if (everywhere >= 0)
        {
            SigmoidEverywhere<TLanes, T>.AddSums(logits, _tile.Label, padded, Foreground(foreground, everywhere), Foreground(background, everywhere));
        }

        if (HasWholePowers(trueClass))
        {
            var place = _plan.Tempered[_plan.WholeTempered];
            SigmoidWholePowers<TLanes, T>.AddSums(
                logits,
                _tile.Label,
                padded,
                _job.Request.Temperatures[place],
                Foreground(foreground, place),
                Foreground(background, place),
                trueClass.NegativeLogLikelihood,
                TrueClassSumsOf(background, RowFocal).NegativeLogLikelihood);
        }
        else if (!trueClass.IsEmpty)
        {
            if (_plan.Size < 0 && SigmoidFocal<TLanes, T>.Has(RowFocalShape, trueClass))
            {
                SigmoidFocal<TLanes, T>.AddSums(logits, _tile.Label, 1, padded, trueClass.Focal, TrueClassSumsOf(background, RowFocal).Focal);
                return;
            }

            var size = _plan.Size < 0 ? null : Foreground(foreground, _plan.Size);
            var backgroundSize = _plan.Size < 0 ? null : Foreground(background, _plan.Size);
            SigmoidTrueClass<TLanes, T>.AddSums(logits, _tile.Label, 1, padded, RowFocalShape, trueClass, TrueClassSumsOf(background, RowFocal), size, backgroundSize);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRowGradient(T* logits, int padded, double* foreground, double* background)
    {
        var trueClass = TrueClassSumsOf(foreground, RowFocal);
        if (HasWholePowers(trueClass))
        {
            var place = _plan.Tempered[_plan.WholeTempered];
            SigmoidWholePowers<TLanes, T>.SetGradient(
                logits,
                _tile.Label,
                _tile.Gradient,
                padded,
                _job.Request.Temperatures[place],
                SizeUpstream(foreground, background, place),
                *trueClass.NegativeLogLikelihood,
                *TrueClassSumsOf(background, RowFocal).NegativeLogLikelihood);
        }
        else
        {
            new Span<T>(_tile.Gradient, padded).Clear();
        }

        var everywhere = _job.Request.NegativeLogEverywhere;
        if (everywhere >= 0)
        {
            SigmoidEverywhere<TLanes, T>.AddGradient(logits, _tile.Label, _tile.Gradient, padded, *Foreground(foreground, everywhere), *Foreground(background, everywhere));
        }

        for (var place = 0; place < _job.Request.Temperatures.Length; place++)
        {
            if (IsSizeByItself(place, trueClass))
            {
                SigmoidSizes<TLanes, T>.AddGradient(logits, _tile.Label, _tile.Gradient, padded, _job.Request.Temperatures[place], SizeUpstream(foreground, background, place));
            }
        }

        if (!trueClass.IsEmpty && !HasWholePowers(trueClass))
        {
            if (_plan.Size < 0 && SigmoidFocal<TLanes, T>.Has(RowFocalShape, trueClass))
            {
                SigmoidFocal<TLanes, T>.SetGradient<Yes, No>(logits, _tile.Label, 1, _tile.Gradient, _tile.Gradient, padded, *trueClass.Focal, *TrueClassSumsOf(background, RowFocal).Focal);
                return;
            }

            var size = _plan.Size < 0 ? 0 : SizeUpstream(foreground, background, _plan.Size);
            SigmoidTrueClass<TLanes, T>.AddGradient(logits, _tile.Label, 1, _tile.Gradient, padded, RowFocalShape, trueClass, TrueClassSumsOf(background, RowFocal), size);
        }
    }

    /// <summary>Whether this is a predicted size that does not come with the true-class sums, which have its powers.</summary>
    private bool IsSizeByItself(int place, TrueClassSums trueClass) =>
        _job.Request.Temperatures[place] > 0
        && (place != _plan.Size || trueClass.IsEmpty)
        && !(HasWholePowers(trueClass) && place == _plan.Tempered[_plan.WholeTempered]);

    /// <summary>Whether the negative log-likelihood and a size with a small whole τ are gathered together.</summary>
    private bool HasWholePowers(TrueClassSums trueClass) =>
        _plan.WholeTempered >= 0 && _plan.Size < 0 && trueClass is { Overlap: null, Focal: null, NegativeLogLikelihood: not null };

    /// <summary>Upstream gradient of Σ σ(τz): that of the background counts against it, since Σ σ(−τz) = |V| − Σ σ(τz).</summary>
    private double SizeUpstream(double* foreground, double* background, int place) => *Foreground(foreground, place) - *Foreground(background, place);
}
