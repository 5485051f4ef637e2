using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Kernels;

/// <summary>A wrong soft label, weight or number of a map is found, and its pixel is left out of values and gradient.</summary>
[Trait("Runs", "OnEveryInstructionSet")]
public class WrongValueTests
{
    private const int Pixels = 45;

    private static readonly RegionStatistic[] Request =
        [RegionStatistic.Overlap, RegionStatistic.NegativeLogLikelihood, RegionStatistic.PredictedSize(10), RegionStatistic.PredictedSize(), RegionStatistic.MapSum(GeneralScenes.Map), RegionStatistic.Difference];

    public static TheoryData<SegmentationMode, int> Channels => GeneralIdentityTests.Channels;

    [Theory]
    [MemberData(nameof(Channels))]
    public void SoftLabel_IsFound(SegmentationMode mode, int classes)
    {
        foreach (var wrong in (double[])[double.NaN, -0.02, 1.02, double.PositiveInfinity, double.NegativeInfinity, 254])
        {
            Check(mode, classes, GeneralScenes.Labels.Simplex, (scene, entry) => scene.Soft![entry] = wrong);
        }
    }

    /// <summary>The labels of exclusive classes add up to 1, but for what their type rounds.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void SoftLabels_AddUpToOne(int classes)
    {
        foreach (var (off, type, isRight) in ((double, ScalarType, bool)[])[
            (0.1, ScalarType.Float32, false), (-0.1, ScalarType.Float32, false), (2e-3, ScalarType.Float32, false), (5e-4, ScalarType.Float32, true),
            (2e-3, ScalarType.Float64, false), (5e-4, ScalarType.Float64, true), (4e-3, ScalarType.Float16, true), (3e-2, ScalarType.Float16, false), (3e-2, ScalarType.BFloat16, false)])
        {
            var scene = KernelScenes.Make(SegmentationMode.Multiclass, 1, classes, Pixels);
            scene = scene with { Soft = [.. scene.Logits.Select((_, i) => i < Pixels ? 0.5 : 0.5 / (classes - 1))] };
            scene.Soft![7] += off;
            using var input = new KernelInput(scene, null, Request[..3], type == ScalarType.Float64 ? type : ScalarType.Float32, softType: type);
            foreach (var kernel in KernelTable.All(type == ScalarType.Float64 ? type : ScalarType.Float32))
            {
                _ = input.Forward(kernel, out var isGood);
                isGood.Should().Be(isRight, $"{kernel.Name}, {off} in {type}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public void Weight_IsFound(SegmentationMode mode, int classes)
    {
        foreach (var labels in (GeneralScenes.Labels[])[GeneralScenes.Labels.Hard, GeneralScenes.Labels.Simplex])
        {
            foreach (var wrong in (double[])[double.NaN, -1e-3, double.PositiveInfinity, double.NegativeInfinity])
            {
                Check(mode, classes, labels, (scene, entry) => scene.Weights![entry % Pixels] = wrong, isWholePixel: true);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public void Map_IsFound(SegmentationMode mode, int classes)
    {
        foreach (var labels in (GeneralScenes.Labels[])[GeneralScenes.Labels.Hard, GeneralScenes.Labels.Simplex])
        {
            foreach (var wrong in (double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity])
            {
                Check(mode, classes, labels, (scene, entry) => scene.Maps[GeneralScenes.Map][entry] = wrong);
            }
        }
    }

    /// <summary>With a class to ignore, a pixel that is of it is left out; in channels of their own an entry that is this number.</summary>
    [Theory]
    [InlineData(SegmentationMode.Multiclass, 2, 1)]
    [InlineData(SegmentationMode.Multiclass, 4, 2)]
    [InlineData(SegmentationMode.Binary, 1, 0)]
    [InlineData(SegmentationMode.Multilabel, 3, 1)]
    public void IgnoredClass_IsLeftOut(SegmentationMode mode, int classes, long ignored)
    {
        var scene = KernelScenes.Make(mode, 2, classes, Pixels, firstPattern: 1) with { Ignored = ignored };
        scene = scene with { Labels = [.. scene.Labels.Select((label, i) => label == KernelScenes.Ignore ? i % 2 : label)] };
        var soft = new double[scene.Logits.Length];
        for (var i = 0; i < soft.Length; i++)
        {
            var (image, k, pixel) = (i / Pixels / classes, i / Pixels % classes, i % Pixels);
            var label = scene.Labels[mode == SegmentationMode.Multilabel ? i : (image * Pixels) + pixel];
            soft[i] = mode == SegmentationMode.Multiclass ? (label == k ? 1 : 0) : label;
        }

        using var hard = new KernelInput(scene, ignored, Request[..4]);
        using var input = new KernelInput(scene with { Soft = soft }, ignored, Request[..4]);
        var expected = hard.Oracle.Values();
        var upstream = hard.Upstream(8);
        foreach (var kernel in KernelTable.All(ScalarType.Float32))
        {
            input.Forward(kernel, out var isGood).ShouldAllBeClose(expected, Tolerance.Float32Value, kernel.Name);
            isGood.Should().BeTrue(kernel.Name);
            input.Gradient(kernel, upstream).ShouldBeCloseToLargest(hard.Oracle.Gradient(upstream), Tolerance.Float32Gradient, kernel.Name, floor: 0.4);
        }
    }

    private static void Check(SegmentationMode mode, int classes, GeneralScenes.Labels labels, Action<Scene, int> spoil, bool isWholePixel = false)
    {
        foreach (var at in (int[])[0, 20, Pixels - 1])
        {
            var entry = ((classes - 1) * Pixels) + at;
            var scene = GeneralScenes.With(KernelScenes.Make(mode, 1, classes, Pixels), labels, GeneralScenes.Weighting.Random, hasInstances: false);
            var without = scene with { Weights = [.. Enumerable.Range(0, mode == SegmentationMode.Multilabel ? classes * Pixels : Pixels).Select(i => scene.Weights![i % Pixels])] };
            foreach (var left in Enumerable.Range(0, without.Weights!.Length).Where(i => i % Pixels == at && (i == entry || isWholePixel || mode == SegmentationMode.Multiclass)))
            {
                without.Weights[left] = 0;
            }

            using var expected = new KernelInput(without, KernelScenes.Ignore, Request);
            var values = expected.Oracle.Values();
            var upstream = expected.Upstream(6);
            var gradient = expected.Oracle.Gradient(upstream);
            spoil(scene, entry);
            using var input = new KernelInput(scene, KernelScenes.Ignore, Request);
            foreach (var kernel in KernelTable.All(ScalarType.Float32))
            {
                var because = $"{kernel.Name}, {mode}, {labels}, pixel {at}";
                var results = input.Forward(kernel, out var isGood);
                isGood.Should().BeFalse(because);
                results.ShouldAllBeClose(values, Tolerance.Float32Value, because, expected.Magnitudes());
                input.Gradient(kernel, upstream).ShouldBeCloseToLargest(gradient, Tolerance.Float32Gradient, because, KernelComparison.Floor(expected));
            }
        }
    }
}
