namespace SegLossBias;

/// <content>Exclusive classes with soft labels, weights, maps, instances and all kinds of statistics.</content>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
{
    private bool ForwardGeneralSoftmax(int image, long pixel, int count, long last, double* sums)
    {
        var (general, padded) = (General, PaddedCount(count));
        var isGood = ReadGeneral(image, 0, _job.Channels, pixel, count, last);
        var next = Next(image, 0, pixel, count, last);
        if (general.HasPowers || _plan.Tempered.Length > 0)
        {
            SoftmaxPowers<TLanes, T>.SetMax(_tile, padded);
        }

        for (var j = 0; j < _plan.Tempered.Length; j++, next = default)
        {
            var softmax = _tile.Tempered(j);
            SetTemperedPowers<No>(j, general.KeepsPowers, padded, next);
            GeneralSoftmax<TLanes, T>.SetFactor(softmax, 1, _general.Weight, padded);
            SoftmaxSizes<TLanes, T>.Add(_tile, softmax, padded, Foreground(sums, _plan.Tempered[j]));
        }

        if (general.HasPowers && _plan.WholeTempered < 0)
        {
            SetPowers(general.KeepsPowers, false, padded, next);
        }

        SetGeneralPixels(general.HasLogSum, padded);
        if (general.IsSoft)
        {
            AddSoftSums(padded, sums);
        }
        else
        {
            AddHardSums(padded, sums);
        }

        AddRowTerms(image, pixel, count, sums);
        AddConfusion(padded, sums);
        AddGeneralOneVsRest(padded, sums);
        return isGood;
    }

    private void AddSoftSums(int padded, double* sums)
    {
        var trueClass = TrueClassSumsOf(sums, -1);
        var targets = Targets(sums);
        var sizes = _plan.Size < 0 ? null : Foreground(sums, _plan.Size);
        switch (General.HasProbability, trueClass.NegativeLogLikelihood != null)
        {
            case (true, true):
                GeneralSoftmax<TLanes, T>.AddSums<Yes, Yes>(_tile, _general, padded, targets, sizes, trueClass);
                break;
            case (true, false):
                GeneralSoftmax<TLanes, T>.AddSums<Yes, No>(_tile, _general, padded, targets, sizes, trueClass);
                break;
            case (false, true):
                GeneralSoftmax<TLanes, T>.AddSums<No, Yes>(_tile, _general, padded, targets, sizes, trueClass);
                break;
            default:
                GeneralSoftmax<TLanes, T>.AddSums<No, No>(_tile, _general, padded, targets, sizes, trueClass);
                break;
        }
    }

    private void AddHardSums(int padded, double* sums)
    {
        if (_plan.Size >= 0)
        {
            GeneralSoftmax<TLanes, T>.SetFactor(_tile.Softmax, 1, _general.Weight, padded);
            SoftmaxSizes<TLanes, T>.Add(_tile, _tile.Softmax, padded, Foreground(sums, _plan.Size));
        }

        GeneralTrueClass<TLanes, T>.Add(_tile, _general.Weight, padded, Targets(sums));
        AddInstances(_general.Weight, padded, sums, _job.Request.Statistics.Count);
        var row = SetTrueClassRow(General.TrueClassHasProbability, General.TrueClassHasLog, padded);
        foreach (var term in General.ByLabel)
        {
            PixelFunctions<TLanes, T>.Set<No>(term, row, padded, _general.Values);
            GeneralTrueClass<TLanes, T>.Add(_tile, _general.Values, padded, Foreground(sums, term.Place));
            if (term.Kind == StatisticKind.Overlap)
            {
                AddInstances(_general.Values, padded, sums, term.Place);
            }
        }
    }

    /// <summary>Rows of the true class, whose label is 1, as far as they are read.</summary>
    private PixelRow<T> SetTrueClassRow(bool hasProbability, bool hasLog, int padded)
    {
        RowMath<TLanes, T>.Fill(_general.Label, 1, padded);
        if (hasProbability || hasLog)
        {
            SoftmaxTrueClass<TLanes, T>.PickLogits(_tile, padded);
        }

        if (hasProbability)
        {
            GeneralTrueClass<TLanes, T>.SetProbability(_tile, _general, padded);
        }

        if (hasLog)
        {
            GeneralTrueClass<TLanes, T>.SetNegativeLog(_tile, _general, padded);
        }

        return new(_general.Probability, _general.OneMinusP, _general.NegativeLog, _general.Weight, _general.Label, null);
    }

    private void AddRowTerms(int image, long pixel, int count, double* sums)
    {
        var padded = PaddedCount(count);
        for (var k = 0; k < _job.Channels && General.ByRow.Length > 0; k++)
        {
            GeneralSoftmax<TLanes, T>.SetRow(_tile, _general, k, padded);
            var row = ClassRow(k, padded);
            foreach (var term in General.ByRow)
            {
                PixelFunctions<TLanes, T>.Set<No>(term, WithMap(term, row, image, k, pixel, count), padded, _general.Values);
                Foreground(sums, term.Place)[k] += RowMath<TLanes, T>.Sum(_general.Values, padded);
            }
        }
    }

    /// <summary>The rows of a class; those of its probability have been set.</summary>
    private PixelRow<T> ClassRow(int k, int padded) =>
        new(_general.Probability, _general.OneMinusP, _general.NegativeLog, _general.Weight, LabelsOf(k, padded), _general.Map);

    /// <summary>y of a class.</summary>
    private T* LabelsOf(int k, int padded)
    {
        if (General.IsSoft)
        {
            return _general.Labels + ((long)k * _tile.Stride);
        }

        RowMath<TLanes, T>.AreEqual(_tile.Label, k, padded, _general.Label);
        return _general.Label;
    }

    /// <summary>The row with φ of the term: its map, or for a row of the confusion matrix the label of the true class.</summary>
    private PixelRow<T> WithMap(in GeneralTerm term, in PixelRow<T> row, int image, int channel, long pixel, int count)
    {
        if (term.Map is { } map)
        {
            LogitTile<TLanes, T>.Read(map, image, channel, pixel, 1, count, PaddedCount(count), _general.Map, 0);
        }

        return term.Kind == StatisticKind.Confusion ? row.With(_general.Labels + ((long)term.TrueClass * _tile.Stride)) : row;
    }

    /// <summary>Adds the values of the pixels to the instances of a statistic, or after the last statistic to their target sizes.</summary>
    private void AddInstances(T* values, int padded, double* sums, int place)
    {
        if (_job.Instances is not null)
        {
            InstanceTile<TLanes, T>.Add(values, padded, _general.Instance, Foreground(sums, place) + (2L * _job.Channels));
        }
    }
}
