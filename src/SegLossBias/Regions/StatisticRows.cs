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
        var parts = new List<Tensor>();
        void Add(Tensor foreground, Tensor? background, Tensor? instances)
        {
            parts.AddRange([foreground, background ?? zero]);
            if (noInstances is not null)
            {
                parts.Add(instances ?? noInstances);
            }
        }

        foreach (var statistic in statistics)
        {
            Add(
                regions.Compute(statistic, background: false),
                statistic.HasBackground(mode) ? regions.Compute(statistic, background: true) : null,
                noInstances is not null && statistic.Kind == StatisticKind.Overlap ? regions.ComputeInstances(statistic) : null);
        }

        Add(
            regions.TargetSize,
            mode == SegmentationMode.Multiclass ? null : regions.ValidSize.sub(regions.TargetSize),
            noInstances is null ? null : regions.ComputeInstances(null));
        return cat(parts, 1).view(zero.shape[0], statistics.Count + 1, (2 * zero.shape[1]) + (noInstances?.shape[1] ?? 0));
    }
}
