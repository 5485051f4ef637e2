using SegLossBias.Tests.Contract;
using SegLossBias.Tests.Gradients;
using SegLossBias.Tests.Oracles;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Composed;

/// <summary>The composed statistics as a node of the graph, whose gradient is a closed form: against plain loops and the differentiable reference.</summary>
public class ComposedRegionsNodeTests
{
    public static TheoryData<SegmentationMode, Has> Targets => TargetScenes.All;

    [Theory]
    [MemberData(nameof(Targets))]
    public void Float64_EqualsPlainLoops(SegmentationMode mode, Has has) => CompareWithLoops(TargetScenes.Make(mode, has), ScalarType.Float64);

    [Theory]
    [MemberData(nameof(Targets))]
    public void Float32_EqualsPlainLoops(SegmentationMode mode, Has has) => CompareWithLoops(TargetScenes.Make(mode, has).Rounded(ScalarType.Float32), ScalarType.Float32);

    /// <summary>In float32 probabilities of such logits round to 0 and 1; the closed form loses no more digits than autograd does.</summary>
    [Theory]
    [MemberData(nameof(Targets))]
    public void SaturatedPixels_LoseNoMoreDigitsThanTheReference(SegmentationMode mode, Has has)
    {
        foreach (var (spread, dtype) in new[] { (60, ScalarType.Float64), (30, ScalarType.Float32), (60, ScalarType.Float32) })
        {
            var scene = TargetScenes.Make(mode, has, spread: spread).Rounded(dtype);
            foreach (var statistic in TargetScenes.Statistics(mode))
            {
                using var scope = NewDisposeScope();
                var plain = new PlainStatistics(scene, [statistic]);
                var upstream = Random(plain.Length, new Random(3));
                var expected = plain.Gradient(upstream);
                double Error(Func<Tensor, Tensor> rows)
                {
                    var leaf = scene.LogitsTensor(dtype).requires_grad_(true);
                    ((rows(leaf) * tensor(upstream).view(scene.Images, 2, -1)).sum() + (0 * leaf.sum())).backward();
                    return Evaluation.Numbers(leaf.grad!).Zip(expected, (actual, right) => Math.Abs(actual - right)).Max();
                }

                var allowed = Tolerance.StoredGradient(dtype) * Math.Max(1, expected.Max(Math.Abs));
                Error(leaf => Rows(scene, [statistic], leaf)).Should()
                    .BeLessThanOrEqualTo(allowed + (2 * Error(leaf => StatisticRows.Of(RegionPrimitive.Composed(scene.Input(leaf)), [statistic], mode))), $"{statistic} {dtype} {spread}");
            }
        }
    }

    /// <summary>Slices of one pixel, of some, and of all but some.</summary>
    [Theory]
    [MemberData(nameof(Targets))]
    public void Slices_ChangeNothing(SegmentationMode mode, Has has)
    {
        var scene = TargetScenes.Make(mode, has);
        foreach (var entries in new[] { 1, 40, 100 })
        {
            CompareWithReference(scene, TargetScenes.Statistics(mode), ScalarType.Float64, entries);
        }
    }

    /// <summary>A NaN under an ignored pixel reaches neither value nor gradient.</summary>
    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void IgnoredPixels_MayHoldAnything(SegmentationMode mode)
    {
        var scene = TargetScenes.Make(mode, Has.Ignored | Has.Weights);
        for (var image = 0L; image < scene.Images; image++)
        {
            for (var pixel = 0L; pixel < scene.Pixels; pixel++)
            {
                for (var k = 0L; k < scene.Classes; k++)
                {
                    if (scene.Weight(image, k, pixel) == 0)
                    {
                        scene.Logits[scene.At(image, k, pixel)] = double.NaN;
                    }
                }
            }
        }

        CompareWithLoops(scene, ScalarType.Float64);
    }

    /// <summary>The gradient of the gradient comes from the reference.</summary>
    [Theory]
    [MemberData(nameof(Targets))]
    public void SecondDerivatives_AreDifferencesOfFirstOnes(SegmentationMode mode, Has has)
    {
        using var scope = NewDisposeScope();
        var statistics = TargetScenes.Statistics(mode);
        var scene = TargetScenes.Make(mode, has, seed: 4, shape: [2, mode == SegmentationMode.Binary ? 1 : 3, 2, 3]);
        var random = new Random(6);
        double[] upstream = Random(new PlainStatistics(scene, statistics).Length, random);
        double[] direction = Random(scene.Logits.Length, random);
        var leaf = scene.LogitsTensor().requires_grad_(true);
        var rows = Rows(scene, statistics, leaf);
        var gradient = autograd.grad([rows], [leaf], [tensor(upstream, rows.shape)], retain_graph: true, create_graph: true)[0];

        var product = autograd.grad([gradient], [leaf], [tensor(direction, scene.Shape)])[0];

        var expected = FiniteDifferences.Directional(logits => new PlainStatistics(scene with { Logits = logits }, statistics).Gradient(upstream), scene.Logits, direction);
        Evaluation.Numbers(product).ShouldBeClose(expected, Tolerance.FiniteDifference);
    }

    /// <summary>As on a GPU, where libtorch has a thread of its own for backward and the tensors of the call are gone.</summary>
    [Fact]
    public void BackwardOnAnotherThread_GivesTheSame()
    {
        using var scope = NewDisposeScope();
        var scene = TargetScenes.Make(SegmentationMode.Multiclass, Has.Ignored | Has.Weights | Has.Instances);
        var statistics = TargetScenes.Statistics(scene.Mode);
        Tensor Rows(Tensor leaf)
        {
            using var call = NewDisposeScope();
            return ComposedRegionsNodeTests.Rows(scene, statistics, leaf, 40).sum().MoveToOuterDisposeScope();
        }

        var (leaf, other) = (scene.LogitsTensor().requires_grad_(true), scene.LogitsTensor().requires_grad_(true));
        Rows(leaf).backward();
        var sum = Rows(other);
        var left = -1L;
        var thread = new Thread(() => left = LiveHandles.LeftBy(() => sum.backward()));
        thread.Start();
        thread.Join();

        Evaluation.Numbers(other.grad!).Should().Equal(Evaluation.Numbers(leaf.grad!));
        left.Should().Be(0);
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void HalfTypes_GetAGradientOfTheirOwn(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var scene = TargetScenes.Make(SegmentationMode.Multiclass, Has.Ignored);
        foreach (var entries in new long?[] { 40, null })
        {
            var leaf = scene.LogitsTensor(dtype).requires_grad_(true);
            Rows(scene, [RegionStatistic.NegativeLogLikelihood], leaf, entries).sum().backward();
            leaf.grad!.dtype.Should().Be(dtype);
            var rounded = scene with { Logits = Evaluation.Numbers(leaf) };
            var plain = new PlainStatistics(rounded, [RegionStatistic.NegativeLogLikelihood]);
            Evaluation.Numbers(leaf.grad!).ShouldBeCloseToLargest(plain.Gradient([.. Enumerable.Repeat(1.0, plain.Length)]), Tolerance.StoredGradient(dtype));
        }
    }

    private static void CompareWithLoops(Scene scene, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var random = new Random(2);
        var all = TargetScenes.Statistics(scene.Mode);
        foreach (var statistics in all.Select(statistic => (RegionStatistic[])[statistic]).Append(all))
        {
            var plain = new PlainStatistics(scene, statistics);
            var upstream = Random(plain.Length, random);
            var leaf = scene.LogitsTensor(dtype).requires_grad_(true);
            var rows = Rows(scene, statistics, leaf);
            rows.backward([tensor(upstream, rows.shape)]);
            Evaluation.Numbers(rows).ShouldAllBeClose(plain.Values(), Tolerance.Statistic(dtype), string.Join(", ", statistics));
            Evaluation.Numbers(leaf.grad!).ShouldBeCloseToLargest(plain.Gradient(upstream), Tolerance.StoredGradient(dtype), string.Join(", ", statistics), floor: 1);
        }
    }

    private static void CompareWithReference(Scene scene, RegionStatistic[] statistics, ScalarType dtype, long? entries = null)
    {
        using var scope = NewDisposeScope();
        var (leaf, other) = (scene.LogitsTensor(dtype).requires_grad_(true), scene.LogitsTensor(dtype).requires_grad_(true));
        var (rows, reference) = (Rows(scene, statistics, leaf, entries), StatisticRows.Of(RegionPrimitive.Composed(scene.Input(other)), statistics, scene.Mode));
        var upstream = tensor(Random((int)rows.numel(), new Random(3)), rows.shape);
        rows.backward([upstream]);
        if (reference.requires_grad)
        {
            reference.backward([upstream]);
        }

        var because = string.Join(", ", statistics);
        Evaluation.Numbers(rows).ShouldAllBeClose(Evaluation.Numbers(reference), Tolerance.Identity, because);
        Evaluation.Numbers(leaf.grad!).ShouldBeCloseToLargest(Evaluation.Numbers(other.grad ?? zeros_like(other)), Tolerance.StoredGradient(dtype), because, floor: 1);
    }

    /// <summary>The rows of the node, put together from what it is read by.</summary>
    private static Tensor Rows(Scene scene, RegionStatistic[] statistics, Tensor logits, long? entries = null) =>
        StatisticRows.Of(ComposedRegions.Gather(scene.Input(logits), statistics, entries), statistics, scene.Mode);

    private static double[] Random(int count, Random random) => [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextDouble()) - 1)];
}
