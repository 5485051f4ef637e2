using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Kernels;

/// <summary>
/// Many pixels that are all alike and right, from undecided to beyond doubt. Nothing averages out: what one sum rounds it
/// rounds for all, and a sure pixel's −log p and 1 − p have digits only as long as they are not taken from a p near 1.
/// </summary>
[Trait("Runs", "OnEveryInstructionSet")]
public class EqualPixelTests
{
    private const int Pixels = 600;
    private const double Gamma = 2;

    public static TheoryData<SegmentationMode, int> Channels => new()
    {
        { SegmentationMode.Multiclass, 2 },
        { SegmentationMode.Multiclass, 3 },
        { SegmentationMode.Multiclass, 20 },
        { SegmentationMode.Binary, 1 },
        { SegmentationMode.Multilabel, 2 },
    };

    [Theory]
    [MemberData(nameof(Channels))]
    public void EachStatistic_KeepsItsDigits(SegmentationMode mode, int channels)
    {
        RegionStatistic[] statistics =
        [
            RegionStatistic.NegativeLogLikelihood,
            RegionStatistic.Overlap,
            RegionStatistic.PredictedSize(),
            RegionStatistic.PredictedSize(10),
            RegionStatistic.Focal(Gamma, FocalForm.Softmax),
            RegionStatistic.Focal(Gamma, FocalForm.OneVsRest),
        ];
        foreach (var margin in (double[])[0, 0.3, 1, 3, 6, 9, 12, 15])
        {
            foreach (var statistic in statistics.Where(statistic => mode == SegmentationMode.Multiclass || statistic.Kind != StatisticKind.SoftmaxFocal))
            {
                using var input = new KernelInput(Sure(mode, channels, margin), null, [statistic]);
                var because = $"{statistic} of {mode}, {channels} channels, margin {margin}";

                // (1−p)^γ multiplies the error of 1−p by γ, here in the same direction in all pixels.
                var times = statistic.Kind is StatisticKind.SoftmaxFocal or StatisticKind.OneVsRestFocal ? 1 + Gamma : 1;
                var (expected, upstream) = (input.Oracle.Values(), input.Upstream(seed: 3));
                var expectedGradient = input.Oracle.Gradient(upstream);
                foreach (var kernel in KernelTable.All(ScalarType.Float32))
                {
                    var results = input.Forward(kernel, out _);
                    for (var i = 0; i < expected.Length; i++)
                    {
                        // The numbers of classes that hardly appear are small beside the others.
                        var scale = statistic.Kind == StatisticKind.PredictedSize ? Pixels : Math.Abs(expected[i]);
                        Math.Abs(results[i] - expected[i]).Should().BeLessThanOrEqualTo(times * Tolerance.Float32Value * scale, $"{kernel.Name}, {because}, number {i}: {results[i]:R} against {expected[i]:R}");
                    }

                    // That of a size is τ times a difference of upstream gradients, of order 1, which sure pixels leave close to 0.
                    var floor = statistic.Kind == StatisticKind.PredictedSize ? statistic.Parameter : 0;
                    input.Gradient(kernel, upstream).ShouldBeCloseToLargest(expectedGradient, times * Tolerance.Float32Gradient, $"{kernel.Name}, {because}", floor);
                }
            }
        }
    }

    /// <summary>The first channel is right everywhere, by so much.</summary>
    private static Scene Sure(SegmentationMode mode, int channels, double margin) => new(
        mode,
        [1, channels, Pixels],
        [.. Enumerable.Range(0, channels * Pixels).Select(i => i < Pixels ? margin : mode == SegmentationMode.Multiclass ? 0 : -margin)],
        [.. Enumerable.Range(0, mode == SegmentationMode.Multilabel ? channels * Pixels : Pixels).Select(i => mode != SegmentationMode.Multiclass && i < Pixels ? 1L : 0)]);
}
