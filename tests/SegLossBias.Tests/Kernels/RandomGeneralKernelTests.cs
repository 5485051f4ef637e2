using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Kernels;

/// <summary>Random scenes with soft labels, weights, maps and instances and random requests of all kinds against plain loops.</summary>
public class RandomGeneralKernelTests
{
    private static Gen<RegionStatistic[]> Request(SegmentationMode mode, int classes) =>
        from sizes in OneOf(0.3, 1, 2, 10).Array[0, 3]
        from focal in Gen.Int[0, 2]
        from gamma in OneOf(0, 0.5, 1, 1.3, 2, 5)
        from smoothing in mode == SegmentationMode.Multiclass && focal == 1 ? OneOf(0, 1e-5, 0.2) : Gen.Const(0.0)
        from power in OneOf(0.5, 1, 1.7, 2, 3)
        from overlapPower in OneOf(0.5, 1, 1.7, 2, 3)
        from logPower in OneOf(0.3, 0.8, 1, 1.5, 2, 3)
        from chosen in Gen.Bool.Array[8]
        let optional = (RegionStatistic[])
        [
            RegionStatistic.Overlap, RegionStatistic.NegativeLogLikelihood, RegionStatistic.PredictedPower(power), RegionStatistic.OverlapPower(overlapPower),
            RegionStatistic.NegativeLogPower(logPower), RegionStatistic.NegativeLogEverywhere, RegionStatistic.Difference, RegionStatistic.MapSum(GeneralScenes.Map),
        ]
        from square in Gen.Bool
        from rows in mode == SegmentationMode.Multiclass ? Gen.Int[0, classes - 1].Array[0, 3] : Gen.Const(Array.Empty<int>())
        select ((IEnumerable<RegionStatistic>)
            [
                .. sizes.Distinct().Select(RegionStatistic.PredictedSize),
                .. optional.Where((_, i) => chosen[i]),
                .. square ? [RegionStatistic.TargetSquare] : (RegionStatistic[])[],
                .. rows.Distinct().Select(row => RegionStatistic.Confusion(row)),
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
         from request in Request(mode, classes)
         from type in OneOf(ScalarType.Float32, ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16)

         // The gradient of (−log p)^3 soon is larger than any float16.
         from spread in type == ScalarType.Float16 ? OneOf(0.1, 3, 20) : OneOf(0.1, 3, 30, 1e4)
         from softType in type == ScalarType.Float64 ? Gen.Const(type) : OneOf(ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16)
         from channelsLast in Gen.Bool
         from labelStride in Gen.Int[1, 2]
         from labels in Gen.Enum<GeneralScenes.Labels>()
         from weighting in Gen.Enum<GeneralScenes.Weighting>()
         from instances in Gen.Bool
         select (Mode: mode, Classes: classes, Images: images, Pixels: pixels, Pattern: pattern, Seed: seed, Spread: spread, Request: request, Type: type, SoftType: softType,
            ChannelsLast: channelsLast, LabelStride: labelStride, Labels: labels, Weighting: weighting, Instances: instances))
        .Sample(
            x =>
            {
                var scene = KernelScenes.Make(x.Mode, x.Images, x.Classes, x.Pixels, x.Seed, x.Spread, x.Pattern);
                scene = GeneralScenes.With(scene, x.Labels, x.Weighting, x.Instances, x.Seed);
                using var input = new KernelInput(scene, KernelScenes.Ignore, x.Request, x.Type, ScalarType.Int64, x.ChannelsLast, x.LabelStride, x.SoftType);
                KernelComparison.Check(input, x.Type, KernelTable.All(x.Type), saturated: x.Spread * Steepest(x.Request) > 10);
            },
            iter: 600,
            threads: 1,
            print: x => $"{x.Mode}, K={x.Classes}, N={x.Images}, V={x.Pixels}, pattern {x.Pattern}, seed {x.Seed}, ±{x.Spread}, [{string.Join(", ", x.Request)}], {x.Type}, floats {x.SoftType}, channelsLast {x.ChannelsLast}, label stride {x.LabelStride}, {x.Labels}, {x.Weighting}, instances {x.Instances}");

    /// <summary>The largest τ: what the softmax sees is τ times the logits.</summary>
    private static double Steepest(RegionStatistic[] request) =>
        request.Where(statistic => statistic.Kind == StatisticKind.PredictedSize).Select(statistic => statistic.Parameter).Append(1).Max();

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
