using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// The rows of a part as they stand in a table of parts: those of <see cref="StatisticRows"/>, and where there are instances one more,
/// class · size of each, from which the class of an instance is known that only some parts have.
/// </summary>
/// <param name="Channels">K.</param>
/// <param name="HasInstances">Whether the loss reads instances.</param>
/// <param name="InstanceChannels">Channels that number instances by themselves: K in multilabel mode, else 1.</param>
internal sealed record RowLayout(int Channels, bool HasInstances, int InstanceChannels)
{
    private int First => 2 * Channels;

    internal static RowLayout Of(SegmentationInput input, bool hasInstances)
    {
        var channels = checked((int)input.Classes);
        return new(channels, hasInstances, input.Mode == SegmentationMode.Multilabel ? channels : 1);
    }

    /// <summary>The rows with the row of classes.</summary>
    /// <param name="rows">[n, statistics + 1, 2K + B].</param>
    /// <param name="classes">[n, B]; null without instances.</param>
    internal Tensor WithClasses(Tensor rows, Tensor? classes)
    {
        if (classes is null)
        {
            return rows;
        }

        var sizes = rows.select(1, -1).narrow(1, First, classes.shape[1]).detach();
        var none = zeros([rows.shape[0], First], rows.dtype, rows.device);
        return cat([rows, cat([none, sizes.mul(classes)], 1).unsqueeze(1)], 1);
    }

    /// <summary>The rows with room for as many instances as rows of this length have.</summary>
    internal Tensor Widen(Tensor rows, long length)
    {
        if (rows.shape[2] == length)
        {
            return rows;
        }

        var (images, count, room) = (rows.shape[0], rows.shape[1], (rows.shape[2] - First) / InstanceChannels);
        var instances = rows.narrow(2, First, InstanceChannels * room).reshape(images, count, InstanceChannels, room);
        var more = zeros([images, count, InstanceChannels, ((length - First) / InstanceChannels) - room], rows.dtype, rows.device);
        return cat([rows.narrow(2, 0, First), cat([instances, more], 3).flatten(2)], 2);
    }

    /// <summary>B of such rows.</summary>
    internal int InstanceCount(Tensor rows) => (int)rows.shape[2] - First;

    /// <summary>The statistics, without the row of classes.</summary>
    internal Tensor Statistics(Tensor rows) => HasInstances ? rows.narrow(1, 0, rows.shape[1] - 1) : rows;

    /// <summary>The class of each instance, int64 [n, B], 0 where there is none; null without instances.</summary>
    internal Tensor? Classes(Tensor rows)
    {
        if (!HasInstances)
        {
            return null;
        }

        var count = InstanceCount(rows);
        var (sizes, weighted) = (rows.select(1, -2).narrow(1, First, count), rows.select(1, -1).narrow(1, First, count));
        return weighted.div(sizes.OneWhere(sizes.IsZero())).round().to(ScalarType.Int64);
    }
}
