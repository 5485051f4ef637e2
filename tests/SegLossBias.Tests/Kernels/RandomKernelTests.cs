using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Kernels;

/// <summary>Random shapes, labels, types, layouts and requests against plain loops; a failure prints the seed that replays it.</summary>
public class RandomKernelTests
{
    private static Gen<RegionStatistic[]> Request(SegmentationMode mode) =>
        from sizes in OneOf(0.3, 1, 2, 10).Array[0, 3]
        from overlap in Gen.Bool
        from likelihood in Gen.Bool
        from focal in Gen.Int[0, 2]
        from gamma in OneOf(0, 0.5, 1, 1.3, 2, 5)
        from smoothing in mode == SegmentationMode.Multiclass && focal == 1 ? OneOf(0, 1e-5, 0.2) : Gen.Const(0.0)
        select ((IEnumerable<RegionStatistic>)
            [
                .. sizes.Distinct().Select(RegionStatistic.PredictedSize),
                .. overlap ? [RegionStatistic.Overlap] : (RegionStatistic[])[],
                .. likelihood ? [RegionStatistic.NegativeLogLikelihood] : (RegionStatistic[])[],
                .. focal > 0 ? [RegionStatistic.Focal(gamma, focal == 1 ? FocalForm.Softmax : FocalForm.OneVsRest, smoothing)] : (RegionStatistic[])[],
            ]).ToArray();

    [Fact]
    public void AnyInput_EqualsPlainLoops() =>
        (from mode in Gen.Enum<SegmentationMode>()
         from classes in mode switch { SegmentationMode.Multiclass => Gen.Frequency((4, Gen.Int[2, 7]), (1, Gen.Int[8, 40])), SegmentationMode.Binary => Gen.Const(1), _ => Gen.Int[1, 5] }
         from images in Gen.Int[1, 3]
         from pixels in Gen.Int[1, 150]
         from pattern in Gen.Int[0, 4]
         from seed in Gen.Int[0, 1 << 20]
         from spread in OneOf(0.1, 3, 30, 1e4)
         from request in Request(mode)
         from type in OneOf(ScalarType.Float32, ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16)
         from labelType in OneOf(ScalarType.Int64, ScalarType.Int32, ScalarType.Int16, ScalarType.Byte)
         from channelsLast in Gen.Bool
         from labelStride in Gen.Int[1, 2]
         select (Mode: mode, Classes: classes, Images: images, Pixels: pixels, Pattern: pattern, Seed: seed, Spread: spread, Request: request, Type: type, LabelType: labelType, ChannelsLast: channelsLast, LabelStride: labelStride))
        .Sample(
            x =>
            {
                var scene = KernelScenes.Make(x.Mode, x.Images, x.Classes, x.Pixels, x.Seed, x.Spread, x.Pattern);
                using var input = new KernelInput(scene, KernelScenes.Ignore, x.Request, x.Type, x.LabelType, x.ChannelsLast, x.LabelStride);
                KernelComparison.Check(input, x.Type, KernelTable.All(x.Type), saturated: x.Spread * Steepest(x.Request) > 10);
            },
            iter: 600,
            threads: 1,
            print: x => $"{x.Mode}, K={x.Classes}, N={x.Images}, V={x.Pixels}, pattern {x.Pattern}, seed {x.Seed}, ±{x.Spread}, [{string.Join(", ", x.Request)}], {x.Type}, labels {x.LabelType}, channelsLast {x.ChannelsLast}, label stride {x.LabelStride}");

    /// <summary>The largest τ: what the softmax sees is τ times the logits.</summary>
    private static double Steepest(RegionStatistic[] request) =>
        request.Where(statistic => statistic.Kind == StatisticKind.PredictedSize).Select(statistic => statistic.Parameter).Append(1).Max();

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
