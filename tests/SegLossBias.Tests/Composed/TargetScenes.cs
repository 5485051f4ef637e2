using System.Collections.Immutable;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Composed;

/// <summary>What a target of a scene has.</summary>
[Flags]
public enum Has
{
    /// <summary>Hard labels and one map.</summary>
    HardLabels = 0,

    /// <summary>Soft labels, some of them 0 or 1.</summary>
    SoftLabels = 1,

    /// <summary>Weights, some of them 0.</summary>
    Weights = 2,

    /// <summary>Weights of each channel; multilabel mode alone.</summary>
    ChannelWeights = 4,

    /// <summary>Instances; hard labels alone.</summary>
    Instances = 8,

    /// <summary>Ignored pixels.</summary>
    Ignored = 16,
}

/// <summary>Scenes with all that a target may have, and their inputs.</summary>
internal static class TargetScenes
{
    internal const string Map = "distance";

    internal static TheoryData<SegmentationMode, Has> All { get; } = Of(Has.HardLabels, Has.Ignored, Has.Weights | Has.Instances, Has.Ignored | Has.Weights | Has.Instances, Has.SoftLabels, Has.SoftLabels | Has.Ignored, Has.SoftLabels | Has.Weights | Has.Ignored);

    /// <summary>All statistics of a mode, those of each kind with exponents below and above 1 and 2.</summary>
    internal static RegionStatistic[] Statistics(SegmentationMode mode) =>
    [
        RegionStatistic.PredictedSize(), RegionStatistic.PredictedSize(10), RegionStatistic.PredictedSize(0.5),
        RegionStatistic.Overlap, RegionStatistic.NegativeLogLikelihood,
        RegionStatistic.Focal(2, FocalForm.Softmax), RegionStatistic.Focal(0.5, FocalForm.Softmax), RegionStatistic.Focal(0, FocalForm.Softmax),
        RegionStatistic.Focal(2, FocalForm.OneVsRest), RegionStatistic.Focal(0.5, FocalForm.OneVsRest), RegionStatistic.Focal(1, FocalForm.OneVsRest),
        RegionStatistic.PredictedPower(2), RegionStatistic.PredictedPower(0.7), RegionStatistic.OverlapPower(2), RegionStatistic.OverlapPower(0.7),
        RegionStatistic.NegativeLogPower(0.7), RegionStatistic.NegativeLogPower(1), RegionStatistic.NegativeLogPower(2.5),
        RegionStatistic.NegativeLogEverywhere, RegionStatistic.Difference, RegionStatistic.TargetSquare, RegionStatistic.MapSum(Map),
        .. mode == SegmentationMode.Multiclass ? (RegionStatistic[])[RegionStatistic.Focal(2, FocalForm.Softmax, 0.1), RegionStatistic.Confusion(0), RegionStatistic.Confusion(2)] : [],
    ];

    internal static Scene Make(SegmentationMode mode, Has has, int seed = 1, long[]? shape = null, double spread = 3)
    {
        var random = new Random(seed);
        var plain = Scenes.Fixed(mode, shape ?? [2, mode == SegmentationMode.Binary ? 1 : 3, 4, 5], seed, spread, has.HasFlag(Has.Ignored) ? 0.2 : 0);
        double[] Numbers(int count, Func<double> number) => [.. Enumerable.Range(0, count).Select(_ => number())];
        var entries = plain.Logits.Length;
        var weights = has.HasFlag(Has.ChannelWeights) ? entries : has.HasFlag(Has.Weights) ? (int)(plain.Images * plain.Pixels) : 0;
        return plain with
        {
            Maps = new Dictionary<string, double[]> { [Map] = Numbers(entries, () => (4 * random.NextDouble()) - 2) },
            Weights = weights == 0 ? null : Numbers(weights, () => random.NextDouble() < 0.2 ? 0 : 3 * random.NextDouble()),
            Instances = has.HasFlag(Has.Instances) ? [.. plain.Labels.Select(label => label is > 0 and not Scene.Ignore ? random.NextInt64(4) : 0)] : null,
            Soft = has.HasFlag(Has.SoftLabels) ? Soft(plain, random) : null,
        };
    }

    /// <summary>The same scene with numbers that this dtype holds.</summary>
    internal static Scene Rounded(this Scene scene, ScalarType dtype)
    {
        double[] Round(double[] numbers) => dtype == ScalarType.Float64 ? numbers : [.. numbers.Select(number => (double)(float)number)];
        return scene with
        {
            Logits = Round(scene.Logits),
            Soft = scene.Soft is null ? null : Round(scene.Soft),
            Weights = scene.Weights is null ? null : Round(scene.Weights),
            Maps = scene.Maps.ToDictionary(map => map.Key, map => Round(map.Value)),
        };
    }

    /// <summary>The checked input.</summary>
    internal static SegmentationInput Input(this Scene scene, Tensor logits, bool checksLabels = true, Device? device = null)
    {
        var soft = scene.Soft is null ? null : tensor(scene.Soft, scene.Shape).to(logits.dtype);
        Tensor On(Tensor tensor) => device is null ? tensor : tensor.to(device);
        return new()
        {
            Logits = logits,
            Labels = On(soft ?? scene.TargetTensor()),
            IsSoft = soft is not null,
            Weights = scene.Weights is null ? null : On(tensor(scene.Weights, [scene.Images, scene.Weights.Length == scene.Logits.Length ? scene.Classes : 1, .. scene.Shape[2..]]).to(logits.dtype)),
            Maps = scene.Maps.ToImmutableSortedDictionary(map => map.Key, map => On(tensor(map.Value, scene.Shape).to(logits.dtype)), StringComparer.Ordinal),
            Instances = scene.Instances is null ? null : InstancesOf(scene, On),
            LabelShape = soft is null ? scene.LabelShape : scene.Shape,
            Mode = scene.Mode,
            IgnoreIndex = scene.Ignored,
            ChecksLabels = checksLabels,
            Pixels = scene.Pixels,
        };
    }

    private static TheoryData<SegmentationMode, Has> Of(params Has[] all)
    {
        var data = new TheoryData<SegmentationMode, Has>();
        foreach (var has in all)
        {
            foreach (var mode in Enum.GetValues<SegmentationMode>())
            {
                data.Add(mode, has);
            }
        }

        data.Add(SegmentationMode.Multilabel, Has.ChannelWeights | Has.Instances);
        data.Add(SegmentationMode.Multilabel, Has.ChannelWeights | Has.SoftLabels | Has.Ignored);
        return data;
    }

    /// <summary>The instances as the library numbers them, each of the class of its label 1 or, here, any.</summary>
    private static Instances InstancesOf(Scene scene, Func<Tensor, Tensor> on)
    {
        var most = scene.Instances!.Max();
        var isMultilabel = scene.Mode == SegmentationMode.Multilabel;
        var numbers = scene.Instances!.Select((id, at) => id == 0 ? -1 : (int)((isMultilabel ? at / scene.Pixels % scene.Classes * most : 0) + id - 1)).ToArray();
        var classes = Enumerable.Range(0, (int)(scene.Images * scene.InstanceCount)).Select(at => at % scene.InstanceCount % scene.Classes).ToArray();
        return new(on(tensor(numbers, scene.LabelShape, ScalarType.Int32)), on(tensor(classes, [scene.Images, scene.InstanceCount])), (int)scene.InstanceCount);
    }

    private static double[] Soft(Scene scene, Random random)
    {
        var soft = new double[scene.Logits.Length];
        for (var at = 0; at < soft.Length; at++)
        {
            soft[at] = random.Next(4) switch { 0 => 0, 1 => 1, _ => random.NextDouble() };
        }

        for (var image = 0L; image < scene.Images; image++)
        {
            for (var pixel = 0L; pixel < scene.Pixels; pixel++)
            {
                var channels = Enumerable.Range(0, (int)scene.Classes).Select(k => scene.At(image, k, pixel)).ToArray();
                var sum = channels.Sum(at => soft[at]);
                foreach (var at in channels)
                {
                    var isIgnored = scene.Labels[scene.Mode == SegmentationMode.Multilabel ? at : (image * scene.Pixels) + pixel] == Scene.Ignore;
                    soft[at] = isIgnored ? Scene.Ignore
                        : scene.Mode != SegmentationMode.Multiclass ? soft[at]
                        : sum == 0 ? 1.0 / scene.Classes : soft[at] / sum;
                }
            }
        }

        return soft;
    }
}
