namespace SegLossBias;

/// <content>Soft labels, weights, maps, instances and all kinds of statistics: what a tile reads.</content>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
{
    private GeneralPlan General => _plan.General!;

    private bool ForwardGeneral(int image, long pixel, int count, long last, double* sums)
    {
        if (_job.Mode == KernelMode.Softmax)
        {
            return ForwardGeneralSoftmax(image, pixel, count, last, sums);
        }

        if (_job.Mode == KernelMode.TwoClassSoftmax)
        {
            var isPairGood = ReadGeneral(image, 0, 2, pixel, count, last);
            SubtractLogits(new(_tile.Logits, _tile.Stride), PaddedCount(count));
            AddGeneralRow(image, 1, pixel, count, sums + 1, sums);
            AddRowInstances(PaddedCount(count), sums);
            return isPairGood;
        }

        var isGood = true;
        for (var channel = 0; channel < _job.Channels; channel++)
        {
            isGood &= ReadGeneral(image, channel, 1, pixel, count, last);
            AddGeneralRow(image, channel, pixel, count, sums + channel, sums + _job.Channels + channel);
            AddRowInstances(PaddedCount(count), sums);
        }

        return isGood;
    }

    private void BackwardGeneral(int image, long pixel, int count, long last, double* upstream, in PixelView gradient, bool aroundCaches)
    {
        if (_job.Mode == KernelMode.Sigmoid)
        {
            for (var channel = 0; channel < _job.Channels; channel++)
            {
                _ = ReadGeneral(image, channel, 1, pixel, count, last);
                SetGeneralRowGradient(image, channel, pixel, count, upstream + channel, upstream + _job.Channels + channel);
                AddRowInstanceGradient(PaddedCount(count), upstream);
                LogitTile<TLanes, T>.Write(gradient, image, channel, pixel, 1, count, _tile.Gradient, _tile.Stride, aroundCaches);
            }

            return;
        }

        if (_job.Mode == KernelMode.TwoClassSoftmax)
        {
            var padded = PaddedCount(count);
            _ = ReadGeneral(image, 0, 2, pixel, count, last);
            SubtractLogits(new(_tile.Logits, _tile.Stride), padded);
            SetGeneralRowGradient(image, 1, pixel, count, upstream + 1, upstream);
            AddRowInstanceGradient(padded, upstream);
            SetBothGradients<No>(new(_tile.Gradient, _tile.Stride), padded);
        }
        else
        {
            BackwardGeneralSoftmax(image, pixel, count, last, upstream);
        }

        LogitTile<TLanes, T>.Write(gradient, image, 0, pixel, _job.Channels, count, _tile.Gradient, _tile.Stride, aroundCaches);
    }

    /// <summary>Reads and checks all of a tile. Logits and soft labels of ignored pixels are zeroed, so that not even a NaN passes.</summary>
    private bool ReadGeneral(int image, int channel, int channels, long pixel, int count, long last)
    {
        var (padded, stride) = (PaddedCount(count), _tile.Stride);
        var weight = _general.Weight;
        LogitTile<TLanes, T>.Read(_job.Logits, image, channel, pixel, channels, count, padded, _tile.Logits, stride);
        var isGood = PixelWeights<TLanes, T>.Read(_job.Weights, image, channel, pixel, count, padded, weight);
        isGood &= ReadGeneralLabels(image, channel, channels, pixel, count, last);
        foreach (var map in General.Maps)
        {
            for (var row = channel; row < channel + channels; row++)
            {
                LogitTile<TLanes, T>.Read(map, image, row, pixel, 1, count, padded, _general.Map, stride);
                isGood &= PixelWeights<TLanes, T>.CheckMap(_general.Map, padded, weight);
            }
        }

        var hasIgnored = General.IsSoft
            ? PixelWeights<TLanes, T>.MarkIgnored<No>(_tile, weight, padded)
            : PixelWeights<TLanes, T>.MarkIgnored<Yes>(_tile, weight, padded);
        if (hasIgnored)
        {
            LogitTile<TLanes, T>.ZeroIgnored(_tile.Logits, channels, stride, padded, _tile.Label);
        }

        SetRowLabels(channels, padded, hasIgnored);
        if (_job.Instances is { } instances)
        {
            InstanceTile<TLanes, T>.Read(instances, image, channel, pixel, count, padded, _tile.Label, _general.Instance);
        }

        return isGood;
    }

    private bool ReadGeneralLabels(int image, int channel, int channels, long pixel, int count, long last)
    {
        var (padded, stride) = (PaddedCount(count), _tile.Stride);
        if (_job.Soft is not { } soft)
        {
            return HardLabels<TLanes, T>.Read(_job, image, channel, pixel, count, padded, _tile, _general.Weight);
        }

        if (_job.Mode == KernelMode.Sigmoid)
        {
            LogitTile<TLanes, T>.Read(soft, image, channel, pixel, 1, count, padded, _general.Labels + stride, stride);
            return SoftLabels<TLanes, T>.CheckChannel(_job, _general.Labels + stride, padded, _general.Weight);
        }

        LogitTile<TLanes, T>.Read(soft, image, channel, pixel, channels, count, padded, _general.Labels, stride);
        return SoftLabels<TLanes, T>.CheckExclusive(_job, _general.Labels, stride, padded, _general.Weight, NextOf(soft, image, pixel, count, last));
    }

    /// <summary>
    /// Leaves soft labels in a row for each class, of one channel or of two classes a row of the background and one of the foreground.
    /// Hard labels of these are there where terms read them.
    /// </summary>
    private void SetRowLabels(int channels, int padded, bool hasIgnored)
    {
        var (stride, isPair) = (_tile.Stride, _job.Mode != KernelMode.Softmax);
        if (!General.IsSoft)
        {
            for (var k = 0; k < 2 && isPair && General.ByRow.Length > 0; k++)
            {
                RowMath<TLanes, T>.AreEqual(_tile.Label, k, padded, _general.Labels + (k * stride));
            }

            return;
        }

        var first = _job.Mode == KernelMode.Sigmoid ? _general.Labels + stride : _general.Labels;
        if (hasIgnored)
        {
            LogitTile<TLanes, T>.ZeroIgnored(first, channels, stride, padded, _tile.Label);
        }

        if (_job.Mode == KernelMode.Sigmoid)
        {
            RowMath<TLanes, T>.OneMinus(first, padded, _general.Labels);
        }
    }

    /// <summary>What the next tile reads of soft labels, if it can be brought near meanwhile.</summary>
    private static NextTile NextOf(in PixelView view, int image, long pixel, int count, long last) =>
        view.PixelStride == 1 && view.Type is ElementType.Float32 or ElementType.Float64 && pixel + count + PaddedCount(count) <= last
            ? new((byte*)view.At<T>(image, 0, pixel + count), view.ChannelStride * sizeof(T))
            : default;
}
