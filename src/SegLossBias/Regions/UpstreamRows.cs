using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>The gradient of gathered statistics, in the dtype of the logits, as a backward pass reads it.</summary>
/// <param name="statistics">The statistics that have a gradient.</param>
/// <param name="rows">[N, statistics + 1, 2K + B].</param>
/// <param name="input">The pixels.</param>
internal sealed class UpstreamRows(IReadOnlyList<RegionStatistic> statistics, Tensor rows, FlatInput input)
{
    private readonly long _classes = input.Classes;

    /// <summary>Those of one kind, or more.</summary>
    internal RegionStatistic[] Of(Func<RegionStatistic, bool> isMeant) => [.. statistics.Where(isMeant)];

    /// <summary>Of the foregrounds, [N,K,1].</summary>
    internal Tensor Foreground(RegionStatistic statistic) => Columns(statistic, 0, [rows.shape[0], _classes, 1]);

    /// <summary>Of the backgrounds, [N,K,1].</summary>
    internal Tensor Background(RegionStatistic statistic) => Columns(statistic, _classes, [rows.shape[0], _classes, 1]);

    /// <summary>Of the class of each pixel with hard labels, [N,V].</summary>
    internal Tensor OfTrueClass(RegionStatistic statistic) => Columns(statistic, 0, [rows.shape[0], _classes]).gather(1, input.Labels);

    /// <summary>Of the instance of each pixel, 0 where there is none, laid out as the instances; null without instances.</summary>
    internal Tensor? OfInstance(RegionStatistic statistic)
    {
        if (input.Instances is not { Count: > 0 } instances)
        {
            return null;
        }

        using var zero = 0L.ToScalar();
        var numbers = instances.Numbers.flatten(1);
        var ofPixels = Columns(statistic, 2 * _classes, [rows.shape[0], instances.Count]).gather(1, numbers.clamp_min(zero));
        return ofPixels.ZeroWhere(numbers.lt(zero)).reshape(instances.Numbers.shape);
    }

    /// <summary>Without a graph a view by strides is one operation in place of three.</summary>
    private Tensor Columns(RegionStatistic statistic, long first, long[] shape)
    {
        for (var place = 0; place < statistics.Count; place++)
        {
            if (statistics[place] == statistic)
            {
                var strides = rows.stride();
                return rows.as_strided(shape, ((long[])[strides[0], strides[2], 1])[..shape.Length], rows.storage_offset() + (place * strides[1]) + (first * strides[2]));
            }
        }

        throw new InvalidOperationException($"{statistic} was not gathered.");
    }
}
