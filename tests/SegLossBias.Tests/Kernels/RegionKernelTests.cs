using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Kernels;

/// <summary>The kernel of every vector width against plain loops: value and gradient of every statistic.</summary>
public class RegionKernelTests
{
    private const SegmentationMode Multiclass = SegmentationMode.Multiclass;

    public static TheoryData<SegmentationMode, int, ScalarType> ModesAndTypes
    {
        get
        {
            var data = new TheoryData<SegmentationMode, int, ScalarType>();
            foreach (var type in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
            {
                data.Add(Multiclass, 2, type);
                data.Add(Multiclass, 3, type);
                data.Add(Multiclass, 6, type);
                data.Add(SegmentationMode.Binary, 1, type);
                data.Add(SegmentationMode.Multilabel, 3, type);
            }

            return data;
        }
    }

    public static TheoryData<ScalarType, bool> StoredTypes
    {
        get
        {
            var data = new TheoryData<ScalarType, bool>();
            foreach (var type in (ScalarType[])[ScalarType.Float16, ScalarType.BFloat16, ScalarType.Float32, ScalarType.Float64])
            {
                data.Add(type, false);
                data.Add(type, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(ModesAndTypes))]
    public void EveryStatistic_EqualsPlainLoops(SegmentationMode mode, int classes, ScalarType type)
    {
        var scene = KernelScenes.Make(mode, 5, classes, 77);
        foreach (var request in mode == Multiclass ? KernelScenes.MulticlassRequests : KernelScenes.Requests)
        {
            using var input = new KernelInput(scene, KernelScenes.Ignore, request, type);
            KernelComparison.Check(input, type, KernelTable.All(type));
        }
    }

    [Theory]
    [MemberData(nameof(StoredTypes))]
    public void EveryLayoutAndType_EqualsPlainLoops(ScalarType type, bool channelsLast)
    {
        foreach (var (mode, classes) in ((SegmentationMode, int)[])[(Multiclass, 2), (Multiclass, 5), (SegmentationMode.Binary, 1), (SegmentationMode.Multilabel, 4)])
        {
            foreach (var pixels in (int[])[1, 3, 4, 71])
            {
                using var input = new KernelInput(
                    KernelScenes.Make(mode, 2, classes, pixels, firstPattern: 1), KernelScenes.Ignore, KernelScenes.Requests[8], type, channelsLast: channelsLast);
                KernelComparison.Check(input, type, KernelTable.All(type));
            }
        }
    }

    [Theory]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Int32)]
    [InlineData(ScalarType.Int16)]
    [InlineData(ScalarType.Int8)]
    [InlineData(ScalarType.Byte)]
    [InlineData(ScalarType.Bool)]
    public void EveryLabelTypeAndStride_EqualsPlainLoops(ScalarType labelType)
    {
        foreach (var (mode, classes) in ((SegmentationMode, int)[])[(Multiclass, 2), (Multiclass, 4), (SegmentationMode.Binary, 1), (SegmentationMode.Multilabel, 3)])
        {
            // A class may be the one to ignore.
            foreach (var ignore in (long?[])[null, 1, -1])
            {
                var scene = KernelScenes.Make(mode, 3, classes, 53, firstPattern: 1);
                long Given(long label) => label != KernelScenes.Ignore ? label : labelType is ScalarType.Bool or ScalarType.Byte || ignore != -1 ? 0 : -1;
                scene = scene with { Labels = [.. scene.Labels.Select(label => labelType == ScalarType.Bool ? Math.Min(Given(label), 1) : Given(label))] };
                foreach (var stride in mode == SegmentationMode.Multilabel ? [1] : (int[])[1, 3])
                {
                    foreach (var channelsLast in (bool[])[false, true])
                    {
                        using var input = new KernelInput(
                            scene, ignore, [RegionStatistic.NegativeLogLikelihood, RegionStatistic.PredictedSize()], ScalarType.Float32, labelType, channelsLast, stride);
                        KernelComparison.Check(input, ScalarType.Float32, KernelTable.All(ScalarType.Float32));
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(19)]
    [InlineData(32)]
    [InlineData(65)]
    [InlineData(128)]
    [InlineData(200)]
    public void ManyClasses_EqualPlainLoops(int classes)
    {
        // A tile of many classes has 64 pixels.
        using var input = new KernelInput(KernelScenes.Make(Multiclass, 2, classes, 131), KernelScenes.Ignore, KernelScenes.Requests[10]);
        KernelComparison.Check(input, ScalarType.Float32, KernelTable.All(ScalarType.Float32));
        using var other = new KernelInput(KernelScenes.Make(Multiclass, 1, classes, 66, firstPattern: 1), KernelScenes.Ignore, KernelScenes.Requests[8], ScalarType.Float64);
        KernelComparison.Check(other, ScalarType.Float64, KernelTable.All(ScalarType.Float64));
    }

    [Theory]
    [InlineData(SegmentationMode.Multiclass, 2)]
    [InlineData(SegmentationMode.Multiclass, 3)]
    [InlineData(SegmentationMode.Binary, 1)]
    [InlineData(SegmentationMode.Multilabel, 2)]
    public void CountsAroundVectors_EqualPlainLoops(SegmentationMode mode, int classes)
    {
        for (var pixels = 1; pixels <= 70; pixels++)
        {
            using var input = new KernelInput(KernelScenes.Make(mode, 1, classes, pixels, seed: pixels, firstPattern: pixels), KernelScenes.Ignore, KernelScenes.Requests[7]);
            KernelComparison.Check(input, ScalarType.Float32, KernelTable.All(ScalarType.Float32));
        }
    }

    [Fact]
    public void CountsAroundTiles_EqualPlainLoops()
    {
        foreach (var classes in (int[])[2, 5, 40])
        {
            var tile = TileOf(classes, out _);
            foreach (var pixels in (int[])[tile - 1, tile, tile + 1, (2 * tile) - 1, (2 * tile) + 1])
            {
                using var input = new KernelInput(KernelScenes.Make(Multiclass, 1, classes, pixels, firstPattern: pixels), KernelScenes.Ignore, KernelScenes.Requests[7]);
                KernelComparison.Check(input, ScalarType.Float32, KernelTable.All(ScalarType.Float32));
            }
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(20)]
    public void CountsAroundChunks_EqualPlainLoops(int classes)
    {
        _ = TileOf(classes, out var chunk);
        foreach (var pixels in (int[])[chunk - 1, chunk + 1])
        {
            // Written around the caches where more than one image is large.
            using var input = new KernelInput(KernelScenes.Make(Multiclass, 2, classes, pixels, firstPattern: 1), KernelScenes.Ignore, KernelScenes.Requests[6]);
            KernelComparison.Check(input, ScalarType.Float32, KernelTable.Chosen(ScalarType.Float32));
        }
    }

    /// <summary>Small images share a piece of work.</summary>
    [Theory]
    [InlineData(SegmentationMode.Multiclass, 2)]
    [InlineData(SegmentationMode.Multiclass, 5)]
    [InlineData(SegmentationMode.Binary, 1)]
    [InlineData(SegmentationMode.Multilabel, 3)]
    public void ManySmallImages_EqualPlainLoops(SegmentationMode mode, int classes)
    {
        foreach (var pixels in (int[])[1, 3, 40])
        {
            using var input = new KernelInput(KernelScenes.Make(mode, 1100, classes, pixels), KernelScenes.Ignore, KernelScenes.Requests[8]);
            var plan = TilePlan<Lanes512<float>, float>.For(input.Job);
            plan.ImagesPerChunk.Should().BeInRange(2, 1099);
            plan.Chunks.Should().Be((1100 + plan.ImagesPerChunk - 1) / plan.ImagesPerChunk);
            KernelComparison.Check(input, ScalarType.Float32, KernelTable.All(ScalarType.Float32));
        }
    }

    [Theory]
    [InlineData(1e4)]
    [InlineData(300)]
    public void ExtremeLogits_EqualPlainLoops(double spread)
    {
        foreach (var (mode, classes) in ((SegmentationMode, int)[])[(Multiclass, 2), (Multiclass, 5), (SegmentationMode.Binary, 1), (SegmentationMode.Multilabel, 3)])
        {
            foreach (var type in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
            {
                foreach (var request in KernelScenes.Requests)
                {
                    using var input = new KernelInput(KernelScenes.Make(mode, 2, classes, 97, spread: spread, firstPattern: 4), KernelScenes.Ignore, request, type);
                    KernelComparison.Check(input, type, KernelTable.All(type), saturated: true);
                }
            }
        }
    }

    /// <summary>A NaN is never hidden where its pixel counts, and never seen where it does not.</summary>
    [Theory]
    [InlineData(SegmentationMode.Multiclass, 2)]
    [InlineData(SegmentationMode.Multiclass, 3)]
    [InlineData(SegmentationMode.Binary, 1)]
    public void NotANumber_ShowsUnlessIgnored(SegmentationMode mode, int classes)
    {
        foreach (var at in (int[])[0, 40, 69])
        {
            foreach (var isIgnored in (bool[])[false, true])
            {
                var scene = KernelScenes.Make(mode, 1, classes, 70);
                scene.Logits[((classes - 1) * 70) + at] = double.NaN;
                scene.Labels[at] = isIgnored ? KernelScenes.Ignore : 0;
                foreach (var request in KernelScenes.Requests.Skip(1))
                {
                    using var input = new KernelInput(scene, KernelScenes.Ignore, request);
                    foreach (var kernel in KernelTable.All(ScalarType.Float32))
                    {
                        var because = $"{kernel.Name}, {mode}, pixel {at}, [{string.Join(", ", request)}]";
                        input.Forward(kernel, out _).Any(double.IsNaN).Should().Be(!isIgnored, because);
                        var gradient = input.Gradient(kernel, input.Upstream(3));
                        gradient.Any(double.IsNaN).Should().Be(!isIgnored, because);
                        Enumerable.Range(0, gradient.Length).Where(i => i % 70 != at).Should().OnlyContain(i => double.IsFinite(gradient[i]), because);
                    }
                }
            }
        }
    }

    private static int TileOf(int classes, out int chunk)
    {
        using var input = new KernelInput(KernelScenes.Make(Multiclass, 1, classes, 1), null, KernelScenes.Requests[6]);
        var plan = TilePlan<Lanes256<float>, float>.For(input.Job with { Pixels = 1 << 24 });
        chunk = (int)plan.ChunkPixels;
        return plan.TilePixels;
    }
}
