namespace SegLossBias;

/// <content>
/// Channels on their own, and two exclusive classes as one channel, with soft labels, weights, maps, instances and all kinds of
/// statistics.
/// </content>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
{
    private GeneralRows<T> Rows => new(_general.Weight, _tile.Label, _general.Labels + _tile.Stride, _general.Labels);

    /// <summary>Adds the statistics of a row; the first numbers of foreground and background say where.</summary>
    private void AddGeneralRow(int image, int channel, long pixel, int count, double* foreground, double* background)
    {
        var padded = PaddedCount(count);
        if (General.IsSoft)
        {
            AddGeneralSums<Yes>(padded, foreground, background);
        }
        else
        {
            AddGeneralSums<No>(padded, foreground, background);
        }

        foreach (var place in _plan.Tempered)
        {
            if (!(HasGeneralWholePowers && place == _plan.Tempered[_plan.WholeTempered]))
            {
                GeneralSigmoid<TLanes, T>.AddSizes(_tile.Logits, _general.Weight, padded, _job.Request.Temperatures[place], Foreground(foreground, place), Foreground(background, place));
            }
        }

        if (General.ByRow.Length == 0)
        {
            return;
        }

        GeneralSigmoid<TLanes, T>.SetRow(_tile.Logits, _general, padded);
        foreach (var term in General.ByRow)
        {
            *Foreground(foreground, term.Place) += TermSum(term, ForegroundRow(Rows.Soft), image, channel, pixel, count);
            if (HasRowBackground(term))
            {
                *Foreground(background, term.Place) += TermSum(term, BackgroundRow(Rows.BackgroundSoft), image, 0, pixel, count);
            }
        }
    }

    /// <summary>The gradient of all but instances.</summary>
    private void SetGeneralRowGradient(int image, int channel, long pixel, int count, double* foreground, double* background)
    {
        var padded = PaddedCount(count);
        if (General.IsSoft)
        {
            SetGeneralSumsGradient<Yes>(padded, foreground, background);
        }
        else
        {
            SetGeneralSumsGradient<No>(padded, foreground, background);
        }

        foreach (var place in _plan.Tempered)
        {
            if (!(HasGeneralWholePowers && place == _plan.Tempered[_plan.WholeTempered]))
            {
                GeneralSigmoid<TLanes, T>.AddSizeGradient(_tile.Logits, _general.Weight, _tile.Gradient, padded, _job.Request.Temperatures[place], SizeUpstream(foreground, background, place));
            }
        }

        if (General.ByRow.Length == 0)
        {
            return;
        }

        GeneralSigmoid<TLanes, T>.SetRow(_tile.Logits, _general, padded);
        foreach (var term in General.ByRow)
        {
            if (term.HasGradient)
            {
                // dp/dz = p (1 − p), of the background −p (1 − p): c is multiplied by the probability of the other side.
                AddTermGradient(term, ForegroundRow(Rows.Soft), _general.OneMinusP, *Foreground(foreground, term.Place), image, channel, pixel, count);
                if (HasRowBackground(term))
                {
                    AddTermGradient(term, BackgroundRow(Rows.BackgroundSoft), _general.Probability, -*Foreground(background, term.Place), image, 0, pixel, count);
                }
            }
        }
    }

    /// <summary>A map belongs to a class, which of two classes the background is as well.</summary>
    private bool HasRowBackground(in GeneralTerm term) => _job.Mode == KernelMode.TwoClassSoftmax || term.Map is null;

    private PixelRow<T> ForegroundRow(T* labels) => new(_general.Probability, _general.OneMinusP, _general.NegativeLog, _general.Weight, labels, _general.Map);

    private PixelRow<T> BackgroundRow(T* labels) => new(_general.OneMinusP, _general.Probability, _general.BackgroundLog, _general.Weight, labels, _general.Map);

    private double TermSum(in GeneralTerm term, in PixelRow<T> row, int image, int channel, long pixel, int count)
    {
        var padded = PaddedCount(count);
        PixelFunctions<TLanes, T>.Set<No>(term, WithMap(term, row, image, channel, pixel, count), padded, _general.Values);
        return RowMath<TLanes, T>.Sum(_general.Values, padded);
    }

    private void AddTermGradient(in GeneralTerm term, in PixelRow<T> row, T* other, double upstream, int image, int channel, long pixel, int count)
    {
        var padded = PaddedCount(count);
        PixelFunctions<TLanes, T>.Set<Yes>(term, WithMap(term, row, image, channel, pixel, count), padded, _general.Values);
        RowMath<TLanes, T>.AddProduct(_general.Values, other, upstream, padded, _tile.Gradient);
    }
}
