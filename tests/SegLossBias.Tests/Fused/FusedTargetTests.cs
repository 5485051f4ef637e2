using System.Collections.Immutable;
using SegLossBias.Tests.Gradients;
using SegLossBias.Tests.Kernels;
using SegLossBias.Tests.Oracles;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Fused;

/// <summary>Soft labels, weights, maps and instances in tensors of any type and layout, from the checked input to the kernel and back.</summary>
public class FusedTargetTests
{
    private static readonly RegionStatistic[] Statistics =
    [
        RegionStatistic.PredictedSize(), RegionStatistic.NegativeLogLikelihood, RegionStatistic.PredictedSize(10), RegionStatistic.MapSum(GeneralScenes.Map),
        RegionStatistic.PredictedPower(2), RegionStatistic.Difference,
    ];

    public static TheoryData<SegmentationMode, int, ScalarType> Cases
    {
        get
        {
            var data = new TheoryData<SegmentationMode, int, ScalarType>();
            foreach (var type in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
            {
                data.Add(SegmentationMode.Multiclass, 2, type);
                data.Add(SegmentationMode.Multiclass, 4, type);
                data.Add(SegmentationMode.Binary, 1, type);
                data.Add(SegmentationMode.Multilabel, 3, type);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void AnyTypeAndLayout_EqualsPlainLoops(SegmentationMode mode, int classes, ScalarType type)
    {
        var hard = KernelScenes.Make(mode, 2, classes, 35, firstPattern: 1);
        foreach (var labels in (GeneralScenes.Labels[])[GeneralScenes.Labels.Hard, GeneralScenes.Labels.Sparse])
        {
            foreach (var floats in (ScalarType[])[ScalarType.Float16, ScalarType.BFloat16, ScalarType.Float32, ScalarType.Float64])
            {
                foreach (var layout in Enumerable.Range(0, 3))
                {
                    using var scope = NewDisposeScope();
                    var scene = Rounded(GeneralScenes.With(hard, labels, GeneralScenes.Weighting.OfChannels, hasInstances: false), type, floats);
                    var request = new RegionRequest(Statistics);
                    var input = new FusedInput(Input(scene, type, floats, layout));
                    var pass = new FusedPass(input, request);
                    var oracle = new PlainStatistics(scene, Statistics);
                    var because = $"{labels}, {floats}, layout {layout}";
                    pass.Results.ShouldAllBeClose(oracle.Values(), Tolerance.Of(type), because);
                    var upstream = Enumerable.Range(0, pass.Results.Length).Select(i => Math.Sin(i)).ToArray();
                    Evaluation.Numbers(pass.Gradient(input.Logits, input.Target, upstream)).ShouldBeCloseToLargest(oracle.Gradient(upstream), Tolerance.Of(type), because);
                }
            }
        }
    }

    /// <summary>The size that is predicted in the domain of an instance of class c: P_c − I_c + I_b, though nobody asks for the overlap.</summary>
    [Theory]
    [InlineData(SegmentationMode.Multiclass, 3)]
    [InlineData(SegmentationMode.Multiclass, 2)]
    [InlineData(SegmentationMode.Binary, 1)]
    [InlineData(SegmentationMode.Multilabel, 2)]
    public void InstanceSizes_AreOfTheirDomains(SegmentationMode mode, int classes)
    {
        using var scope = NewDisposeScope();
        const int Pixels = 9;
        var scene = GeneralScenes.With(KernelScenes.Make(mode, 2, classes, Pixels), GeneralScenes.Labels.Hard, GeneralScenes.Weighting.Random, hasInstances: true, seed: 2);
        var ofInstances = Enumerable.Range(0, 2).SelectMany(image => ClassesOf(scene, image)).ToArray();
        var request = new RegionRequest([RegionStatistic.PredictedSize(), RegionStatistic.NegativeLogLikelihood, RegionStatistic.Overlap]);
        FusedPass Pass(double[] logits, out FusedInput input)
        {
            input = new FusedInput(Input(scene with { Logits = logits }, ScalarType.Float64, ScalarType.Float64, 0, ofInstances));
            return new FusedPass(input, request);
        }

        var pass = Pass(scene.Logits, out var given);
        var count = (int)scene.InstanceCount;
        count.Should().BePositive();
        for (var image = 0; image < 2; image++)
        {
            for (var b = 0; b < count; b++)
            {
                var c = (int)ofInstances[(image * count) + b];
                pass.Results[(image * pass.Rows * pass.RowLength) + (2 * classes) + b].ShouldBeClose(DomainSize(scene, image, b, c), Tolerance.Identity, $"instance {b} of image {image}");
            }
        }

        var upstream = Enumerable.Range(0, pass.Results.Length).Select(i => Math.Cos(i)).ToArray();
        double Loss(double[] logits) => Pass(logits, out _).Results.Zip(upstream, (value, slope) => value * slope).Sum();
        var gradient = Evaluation.Numbers(pass.Gradient(given.Logits, given.Target, upstream));
        gradient.ShouldBeClose(FiniteDifferences.Gradient(Loss, [.. scene.Logits]), Tolerance.FiniteDifference);
    }

    /// <summary>Σ w p of class c over the pixels that are not of its other instances.</summary>
    private static double DomainSize(Scene scene, int image, int instance, int c)
    {
        var region = PlainRegion.Foreground(scene, image, c);
        var sum = 0.0;
        for (var pixel = 0; pixel < scene.Pixels; pixel++)
        {
            var isOutside = region.Membership(pixel) == 0 || scene.Weight(image, c, pixel) == 0;
            sum += isOutside || scene.Instance(image, c, pixel) == instance ? scene.Weight(image, c, pixel) * region.Probability(pixel) : 0;
        }

        return sum;
    }

    /// <summary>The class of each instance: its channel, in multiclass mode here that of its first pixel; its other pixels are made to be of it too.</summary>
    private static long[] ClassesOf(Scene scene, int image)
    {
        var classes = new long[scene.InstanceCount];
        for (var pixel = (int)scene.Pixels - 1; pixel >= 0; pixel--)
        {
            for (var k = 0; k < scene.Classes; k++)
            {
                var instance = scene.Instance(image, k, pixel);
                if (instance >= 0 && scene.Membership(image, k, pixel) == 1)
                {
                    classes[instance] = k;
                }
            }
        }

        for (var pixel = 0; pixel < (int)scene.Pixels && scene.Mode == SegmentationMode.Multiclass; pixel++)
        {
            var at = (image * (int)scene.Pixels) + pixel;
            if (scene.Instances![at] > 0 && scene.Labels[at] != Scene.Ignore)
            {
                scene.Labels[at] = classes[scene.Instances[at] - 1];
            }
        }

        return classes;
    }

    private static Scene Rounded(Scene scene, ScalarType type, ScalarType floats) => scene with
    {
        Logits = Round(scene.Logits, type),
        Soft = scene.Soft is null ? null : Round(scene.Soft, floats),
        Weights = Round(scene.Weights!, floats),
        Maps = scene.Maps.ToDictionary(map => map.Key, map => Round(map.Value, floats)),
    };

    private static double[] Round(double[] values, ScalarType type) => Evaluation.Numbers(tensor(values).to(type));

    /// <summary>The checked input, its tensors contiguous, with the channels last, or transposed so that no pixel stride is uniform.</summary>
    private static SegmentationInput Input(Scene scene, ScalarType type, ScalarType floats, int layout, long[]? ofInstances = null)
    {
        var (images, classes) = (scene.Images, scene.Classes);
        var (height, width) = scene.Pixels % 5 == 0 ? (5L, scene.Pixels / 5) : (1, scene.Pixels);
        Tensor Laid(Tensor values) => layout switch
        {
            0 => values,
            1 => values.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2),
            _ => values.transpose(2, 3).contiguous().transpose(2, 3),
        };
        Tensor OfChannels(double[] values, ScalarType dtype) => Laid(tensor(values, [images, values.Length / (images * scene.Pixels), height, width]).to(dtype));
        Tensor OfLabels(long[] values, ScalarType dtype) => tensor(values, scene.Mode == SegmentationMode.Multilabel ? [images, classes, height, width] : [images, height, width]).to(dtype);
        return new SegmentationInput
        {
            Logits = OfChannels(scene.Logits, type),
            Labels = scene.Soft is null ? OfLabels(scene.Labels, ScalarType.Int64) : OfChannels(scene.Soft, floats),
            IsSoft = scene.Soft is not null,
            SoftTolerance = floats is ScalarType.Float16 or ScalarType.BFloat16 ? SoftLabelTolerance.Half : SoftLabelTolerance.Usual,
            Weights = OfChannels(scene.Weights!, floats),
            Maps = scene.Maps.ToImmutableSortedDictionary(map => map.Key, map => OfChannels(map.Value, floats)),
            Instances = ofInstances is null ? null : new(OfLabels(Numbers(scene), ScalarType.Int32), tensor(ofInstances, [images, scene.InstanceCount]), (int)scene.InstanceCount),
            LabelShape = [images, height, width],
            Mode = scene.Mode,
            IgnoreIndex = Scene.Ignore,
            ChecksLabels = true,
            Pixels = scene.Pixels,
        };
    }

    private static long[] Numbers(Scene scene) => [.. scene.Instances!.Select((id, i) =>
        id == 0 ? -1 : (scene.Mode == SegmentationMode.Multilabel ? i / scene.Pixels % scene.Classes * scene.Instances!.Max() : 0) + id - 1)];
}
