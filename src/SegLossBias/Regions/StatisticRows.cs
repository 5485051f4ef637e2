using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>The one layout of the statistics: [N, statistics + 1, 2K + B]; see <see cref="FusedPass"/>.</summary>
internal static class StatisticRows
{
    /// <summary>All statistics of a primitive and its target sizes, differentiable; 0 where a region has no such statistic.</summary>
    internal static Tensor Of(IRegionPrimitive regions, IReadOnlyList<RegionStatistic> statistics, SegmentationMode mode)
    {
        var zero = zeros_like(regions.TargetSize);
        var noInstances = regions.InstanceClasses is { } classes ? zeros(classes.shape, zero.dtype, zero.device) : null;
        Tensor Row(Tensor foreground, Tensor? background, Tensor? instances) =>
            cat(noInstances is null ? [foreground, background ?? zero] : [foreground, background ?? zero, instances ?? noInstances], 1);

        var rows = statistics.Select(statistic => Row(
            regions.Compute(statistic, background: false),
            statistic.HasBackground(mode) ? regions.Compute(statistic, background: true) : null,
            noInstances is not null && statistic.Kind == StatisticKind.Overlap ? regions.ComputeInstances(statistic) : null)).ToList();
        rows.Add(Row(
            regions.TargetSize,
            mode == SegmentationMode.Multiclass ? null : regions.ValidSize.sub(regions.TargetSize),
            noInstances is null ? null : regions.ComputeInstances(null)));
        return stack(rows, 1);
    }
}
