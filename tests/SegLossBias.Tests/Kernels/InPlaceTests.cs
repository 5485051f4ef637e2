using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Kernels;

/// <summary>
/// Planes are read and written where they lie, other layouts through copies: both give the same bits. Tiles of whole vectors, of
/// less, and several of them, with every label pattern; the logits of ignored pixels are NaN, which nothing may show.
/// </summary>
public class InPlaceTests
{
    public static TheoryData<SegmentationMode, int, int> Shapes => new()
    {
        { SegmentationMode.Multiclass, 2, 512 },
        { SegmentationMode.Multiclass, 2, 300 },
        { SegmentationMode.Multiclass, 5, 512 },
        { SegmentationMode.Multiclass, 5, 300 },
        { SegmentationMode.Multiclass, 30, 256 },
        { SegmentationMode.Binary, 1, 512 },
        { SegmentationMode.Multilabel, 3, 512 },
        { SegmentationMode.Multilabel, 3, 300 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void PlanesAndChannelsLast_GiveTheSameBits(SegmentationMode mode, int classes, int pixels)
    {
        var scene = WithoutIgnoredLogits(KernelScenes.Make(mode, 5, classes, pixels));
        foreach (var type in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
        {
            foreach (var request in KernelScenes.Requests)
            {
                Compare(scene, request, type, KernelTable.All(type));
            }
        }
    }

    /// <summary>A gradient of more than 4 MB is written around the caches where its rows are aligned.</summary>
    [Theory]
    [InlineData(SegmentationMode.Multiclass, 2)]
    [InlineData(SegmentationMode.Multiclass, 5)]
    public void LargePlanesAndChannelsLast_GiveTheSameBits(SegmentationMode mode, int classes)
    {
        const int AlignedPixels = 64 * 10_000;
        var scene = WithoutIgnoredLogits(KernelScenes.Make(mode, 1, classes, AlignedPixels, firstPattern: 4));
        foreach (var request in (RegionStatistic[][])
            [
                [RegionStatistic.Focal(2, FocalForm.OneVsRest)],
                [RegionStatistic.Focal(1.5, FocalForm.OneVsRest)],
                [RegionStatistic.Focal(2, FocalForm.OneVsRest), RegionStatistic.PredictedSize(10)],
                [RegionStatistic.NegativeLogLikelihood, RegionStatistic.PredictedSize(10)],
            ])
        {
            Compare(scene, request, ScalarType.Float32, KernelTable.Chosen(ScalarType.Float32));
        }
    }

    private static void Compare(Scene scene, RegionStatistic[] request, ScalarType type, IEnumerable<RegionKernel> kernels)
    {
        using var planes = new KernelInput(scene, KernelScenes.Ignore, request, type);
        using var channelsLast = new KernelInput(scene, KernelScenes.Ignore, request, type, channelsLast: true);
        var upstream = planes.Upstream(seed: 3);
        foreach (var kernel in kernels)
        {
            var because = $"{kernel.Name}, {type}, [{string.Join(", ", request)}]";
            var results = planes.Forward(kernel, out var isGood);
            isGood.Should().BeTrue(because);
            results.All(double.IsFinite).Should().BeTrue(because);
            results.AsSpan().SequenceEqual(channelsLast.Forward(kernel, out _)).Should().BeTrue(because);
            var gradient = planes.Gradient(kernel, upstream);
            gradient.All(double.IsFinite).Should().BeTrue(because);
            gradient.AsSpan().SequenceEqual(channelsLast.Gradient(kernel, upstream)).Should().BeTrue(because);
        }
    }

    private static Scene WithoutIgnoredLogits(Scene scene)
    {
        var logits = scene.Logits.ToArray();
        for (var i = 0; i < logits.Length; i++)
        {
            var (image, pixel) = (i / scene.Pixels / scene.Classes, i % scene.Pixels);
            var label = scene.Labels[scene.Mode == SegmentationMode.Multilabel ? i : (image * scene.Pixels) + pixel];
            logits[i] = label == KernelScenes.Ignore ? double.NaN : logits[i];
        }

        return scene with { Logits = logits };
    }
}
