using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Kernels;

/// <summary>Soft labels, weights, maps, instances and all kinds of statistics against plain loops: value and gradient of every vector width.</summary>
public class GeneralKernelTests
{
    public static TheoryData<SegmentationMode, int, ScalarType> ModesAndTypes => RegionKernelTests.ModesAndTypes;

    [Theory]
    [MemberData(nameof(ModesAndTypes))]
    public void EveryStatistic_EqualsPlainLoops(SegmentationMode mode, int classes, ScalarType type)
    {
        var scene = KernelScenes.Make(mode, 5, classes, 77);
        foreach (var labels in Enum.GetValues<GeneralScenes.Labels>())
        {
            foreach (var weighting in (GeneralScenes.Weighting[])[GeneralScenes.Weighting.None, GeneralScenes.Weighting.Random])
            {
                var general = GeneralScenes.With(scene, labels, weighting, hasInstances: weighting != GeneralScenes.Weighting.None);
                foreach (var request in GeneralScenes.RequestsOf(mode, classes))
                {
                    using var input = new KernelInput(general, KernelScenes.Ignore, request, type);
                    KernelComparison.Check(input, type, KernelTable.All(type));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(RegionKernelTests.StoredTypes), MemberType = typeof(RegionKernelTests))]
    public void EveryLayoutAndType_EqualsPlainLoops(ScalarType type, bool channelsLast)
    {
        foreach (var (mode, classes) in ((SegmentationMode, int)[])[(SegmentationMode.Multiclass, 2), (SegmentationMode.Multiclass, 5), (SegmentationMode.Binary, 1), (SegmentationMode.Multilabel, 4)])
        {
            foreach (var floats in type == ScalarType.Float64 ? [ScalarType.Float64] : (ScalarType[])[ScalarType.Float16, ScalarType.BFloat16, ScalarType.Float32])
            {
                foreach (var labels in (GeneralScenes.Labels[])[GeneralScenes.Labels.Hard, GeneralScenes.Labels.Sparse])
                {
                    var scene = GeneralScenes.With(KernelScenes.Make(mode, 2, classes, 71, firstPattern: 1), labels, GeneralScenes.Weighting.OfChannels, hasInstances: true);
                    using var input = new KernelInput(scene, KernelScenes.Ignore, GeneralScenes.Requests[^2], type, channelsLast: channelsLast, labelStride: channelsLast ? 2 : 1, softType: floats);
                    KernelComparison.Check(input, type, KernelTable.All(type));
                }
            }
        }
    }

    [Theory]
    [InlineData(SegmentationMode.Multiclass, 2)]
    [InlineData(SegmentationMode.Multiclass, 3)]
    [InlineData(SegmentationMode.Multiclass, 65)]
    [InlineData(SegmentationMode.Binary, 1)]
    [InlineData(SegmentationMode.Multilabel, 2)]
    public void CountsAroundVectorsAndTiles_EqualPlainLoops(SegmentationMode mode, int classes)
    {
        foreach (var pixels in (int[])[1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 300])
        {
            foreach (var labels in (GeneralScenes.Labels[])[GeneralScenes.Labels.Hard, GeneralScenes.Labels.Simplex])
            {
                var scene = GeneralScenes.With(KernelScenes.Make(mode, 1, classes, pixels, seed: pixels, firstPattern: pixels), labels, GeneralScenes.Weighting.Zeros, hasInstances: true);
                foreach (var request in (RegionStatistic[][])[GeneralScenes.Requests[^6], .. mode == SegmentationMode.Multiclass ? (RegionStatistic[][])[GeneralScenes.Rows(Math.Min(classes, 4))] : []])
                {
                    using var input = new KernelInput(scene, KernelScenes.Ignore, request);
                    KernelComparison.Check(input, ScalarType.Float32, KernelTable.All(ScalarType.Float32));
                }
            }
        }
    }

    [Theory]
    [InlineData(1e4)]
    [InlineData(300)]
    public void ExtremeLogits_EqualPlainLoops(double spread)
    {
        foreach (var (mode, classes) in ((SegmentationMode, int)[])[(SegmentationMode.Multiclass, 2), (SegmentationMode.Multiclass, 5), (SegmentationMode.Binary, 1), (SegmentationMode.Multilabel, 3)])
        {
            foreach (var type in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
            {
                foreach (var labels in (GeneralScenes.Labels[])[GeneralScenes.Labels.Hard, GeneralScenes.Labels.OneHot, GeneralScenes.Labels.Sparse])
                {
                    var scene = GeneralScenes.With(KernelScenes.Make(mode, 2, classes, 97, spread: spread, firstPattern: 4), labels, GeneralScenes.Weighting.Random, hasInstances: true);
                    foreach (var request in GeneralScenes.RequestsOf(mode, classes))
                    {
                        using var input = new KernelInput(scene, KernelScenes.Ignore, request, type);
                        KernelComparison.Check(input, type, KernelTable.All(type), saturated: true);
                    }
                }
            }
        }
    }

    /// <summary>Neither a NaN nor any other number of a pixel that does not count is seen.</summary>
    [Theory]
    [InlineData(SegmentationMode.Multiclass, 2, true)]
    [InlineData(SegmentationMode.Multiclass, 2, false)]
    [InlineData(SegmentationMode.Multiclass, 4, true)]
    [InlineData(SegmentationMode.Multiclass, 4, false)]
    [InlineData(SegmentationMode.Binary, 1, true)]
    [InlineData(SegmentationMode.Binary, 1, false)]
    [InlineData(SegmentationMode.Multilabel, 3, true)]
    [InlineData(SegmentationMode.Multilabel, 3, false)]
    public void PixelsWithoutWeight_AreNotSeen(SegmentationMode mode, int classes, bool isSoft)
    {
        const int Pixels = 70;
        var plain = GeneralScenes.With(
            KernelScenes.Make(mode, 1, classes, Pixels), isSoft ? GeneralScenes.Labels.Simplex : GeneralScenes.Labels.Hard, GeneralScenes.Weighting.Random, hasInstances: true);
        foreach (var at in (int[])[0, 33, 69])
        {
            plain.Weights![at] = 0;
            var disturbed = plain with { Logits = [.. plain.Logits], Soft = plain.Soft?.ToArray(), Labels = [.. plain.Labels], Maps = plain.Maps.ToDictionary(map => map.Key, map => map.Value.ToArray()) };
            for (var k = 0; k < classes; k++)
            {
                var entry = (k * Pixels) + at;
                disturbed.Logits[entry] = k % 2 == 0 ? double.NaN : double.PositiveInfinity;
                disturbed.Maps[GeneralScenes.Map][entry] = double.NaN;
                if (isSoft)
                {
                    disturbed.Soft![entry] = k % 2 == 0 ? double.NaN : -5;
                }
                else if (entry < disturbed.Labels.Length)
                {
                    disturbed.Labels[entry] = 77;
                }
            }

            foreach (var request in GeneralScenes.RequestsOf(mode, classes))
            {
                using var expected = new KernelInput(plain, KernelScenes.Ignore, request);
                using var input = new KernelInput(disturbed, KernelScenes.Ignore, request);
                var upstream = input.Upstream(5);
                foreach (var kernel in KernelTable.All(ScalarType.Float32))
                {
                    var because = $"{kernel.Name}, {mode}, pixel {at}, [{string.Join(", ", request)}]";
                    input.Forward(kernel, out var isGood).Should().Equal(expected.Forward(kernel, out _), because);
                    isGood.Should().BeTrue(because);
                    input.Gradient(kernel, upstream).Should().Equal(expected.Gradient(kernel, upstream), because);
                }
            }
        }
    }

    /// <summary>The number of threads changes no bit.</summary>
    [Theory]
    [InlineData(SegmentationMode.Multiclass, 2, false)]
    [InlineData(SegmentationMode.Multiclass, 5, true)]
    [InlineData(SegmentationMode.Multiclass, 5, false)]
    [InlineData(SegmentationMode.Multilabel, 3, true)]
    public void NumberOfThreads_ChangesNoBit(SegmentationMode mode, int classes, bool isSoft)
    {
        var scene = GeneralScenes.With(
            KernelScenes.Make(mode, 2, classes, 140_001), isSoft ? GeneralScenes.Labels.Simplex : GeneralScenes.Labels.Hard, GeneralScenes.Weighting.Random, hasInstances: true);
        using var input = new KernelInput(scene, KernelScenes.Ignore, [.. GeneralScenes.Requests[^2], .. mode == SegmentationMode.Multiclass ? GeneralScenes.Rows(2) : []]);
        var upstream = input.Upstream(4);
        foreach (var kernel in KernelTable.Chosen(ScalarType.Float32))
        {
            var (values, gradient) = (input.Forward(kernel, out _), input.Gradient(kernel, upstream));
            foreach (var threads in (int[])[2, 3, 7])
            {
                input.Forward(kernel, out _, threads).AsSpan().SequenceEqual(values).Should().BeTrue($"{threads} threads");
                input.Gradient(kernel, upstream, threads).AsSpan().SequenceEqual(gradient).Should().BeTrue($"{threads} threads");
            }
        }
    }
}
