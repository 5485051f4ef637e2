using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Fused;

/// <summary>What the tests of the fused primitive share.</summary>
internal static class FusedScenes
{
    internal static readonly SegmentationMode[] Modes = Enum.GetValues<SegmentationMode>();

    internal static readonly ScalarType[] Types = [ScalarType.Float64, ScalarType.Float32, ScalarType.BFloat16, ScalarType.Float16];

    /// <summary>The statistics that a mode has, all together; two focal sums, so that a second pass is needed.</summary>
    internal static RegionStatistic[] Statistics(SegmentationMode mode) =>
    [
        RegionStatistic.Overlap,
        RegionStatistic.NegativeLogLikelihood,
        RegionStatistic.PredictedSize(),
        RegionStatistic.PredictedSize(10),
        RegionStatistic.PredictedSize(0.5),
        RegionStatistic.Focal(2, FocalForm.OneVsRest),
        RegionStatistic.Focal(1.5, FocalForm.Softmax, mode == SegmentationMode.Multiclass ? 0.1 : 0),
    ];

    /// <summary>Σ of all statistics, foreground and background, with weights of their own.</summary>
    internal static Tensor Weighted(RegionStatistics regions, RegionStatistic[] statistics)
    {
        var sum = zeros(1, ScalarType.Float64);
        var weight = 1.0;
        foreach (var background in (bool[])[false, true])
        {
            foreach (var statistic in statistics.Where(statistic => !background || statistic.HasBackground(regions.Mode)))
            {
                var side = background ? regions.Background : regions;
                var values = Get(side, statistic);
                var ramp = linspace(0.5, 1.5, values.numel(), ScalarType.Float64).reshape(values.shape);
                sum += (values * ramp).sum() * weight;
                weight = -0.7 * weight;
            }
        }

        return sum;
    }

    internal static Tensor Get(RegionStatistics regions, RegionStatistic statistic) => statistic.Kind switch
    {
        StatisticKind.Overlap => regions.Overlap,
        StatisticKind.NegativeLogLikelihood => regions.NegativeLogLikelihood,
        StatisticKind.PredictedSize => regions.PredictedSize(statistic.Parameter),
        StatisticKind.SoftmaxFocal => regions.Focal(statistic.Parameter, FocalForm.Softmax, statistic.Smoothing),
        _ => regions.Focal(statistic.Parameter, FocalForm.OneVsRest),
    };

    internal static Tensor ChannelsLast(Tensor tensor) => tensor.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
}
