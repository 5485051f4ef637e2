using SegLossBias.Tests.Gradients;
using SegLossBias.Tests.Oracles;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Composed;

/// <summary>The statistics from tensor operations against plain loops, value and gradient, with all that a target may have.</summary>
public class ComposedRegionsTests
{
    public static TheoryData<SegmentationMode, Has> Targets => TargetScenes.All;

    [Theory]
    [MemberData(nameof(Targets))]
    public void Float64_EqualsPlainLoops(SegmentationMode mode, Has has) => Check(mode, has, ScalarType.Float64);

    [Theory]
    [MemberData(nameof(Targets))]
    public void Float32_EqualsPlainLoops(SegmentationMode mode, Has has) => Check(mode, has, ScalarType.Float32);

    /// <summary>Probabilities that round to 0 and 1. The loops take log(1 + x) as it is, and a root of what is lost there shows.</summary>
    [Theory]
    [MemberData(nameof(Targets))]
    public void SaturatedPixels_EqualPlainLoops(SegmentationMode mode, Has has) =>
        Compare(TargetScenes.Make(mode, has, spread: 60), [.. TargetScenes.Statistics(mode).Where(statistic => statistic != RegionStatistic.NegativeLogPower(0.7))], ScalarType.Float64);

    [Theory]
    [MemberData(nameof(Targets))]
    public void SecondDerivatives_AreDifferencesOfFirstOnes(SegmentationMode mode, Has has)
    {
        using var scope = NewDisposeScope();
        var statistics = TargetScenes.Statistics(mode);
        var scene = TargetScenes.Make(mode, has, seed: 4, shape: [2, mode == SegmentationMode.Binary ? 1 : 3, 2, 3]);
        var plain = new PlainStatistics(scene, statistics);
        var random = new Random(6);
        double[] upstream = [.. Enumerable.Range(0, plain.Length).Select(_ => random.NextDouble() - 0.5)];
        double[] direction = [.. scene.Logits.Select(_ => random.NextDouble() - 0.5)];
        var leaf = scene.LogitsTensor().requires_grad_(true);
        var rows = Rows(scene, statistics, leaf);
        var gradient = autograd.grad([rows], [leaf], [tensor(upstream, rows.shape)], retain_graph: true, create_graph: true)[0];

        var product = autograd.grad([gradient], [leaf], [tensor(direction, scene.Shape)])[0];

        var expected = FiniteDifferences.Directional(logits => new PlainStatistics(scene with { Logits = logits }, statistics).Gradient(upstream), scene.Logits, direction);
        Evaluation.Numbers(product).ShouldBeClose(expected, Tolerance.FiniteDifference);
    }

    /// <summary>0 · ∞ is 0: a class that a pixel is not of at all may have probability 0 there, and a pixel that weighs nothing may be anything.</summary>
    [Theory]
    [InlineData(SegmentationMode.Multiclass, Has.HardLabels)]
    [InlineData(SegmentationMode.Multiclass, Has.SoftLabels)]
    [InlineData(SegmentationMode.Multilabel, Has.HardLabels)]
    [InlineData(SegmentationMode.Multilabel, Has.SoftLabels)]
    public void ImpossibleClasses_AddNothing(SegmentationMode mode, Has has)
    {
        using var scope = NewDisposeScope();
        var scene = TargetScenes.Make(mode, has | Has.Weights);
        var weights = (double[])scene.Weights!.Clone();
        var logits = (double[])scene.Logits.Clone();
        (weights[3], weights[4]) = (1, 0);
        var truth = mode == SegmentationMode.Multiclass ? 1 : 0;
        var soft = scene.Soft is null ? null : (double[])scene.Soft.Clone();
        var labels = (long[])scene.Labels.Clone();
        for (var k = 0; k < scene.Classes; k++)
        {
            var (at, next) = (scene.At(0, k, 3), scene.At(0, k, 4));
            (logits[at], logits[next]) = (k == 2 ? double.NegativeInfinity : logits[at], double.NaN);
            labels[mode == SegmentationMode.Multiclass ? 3 : at] = truth;
            if (soft is not null)
            {
                soft[at] = k == 2 ? 0 : mode == SegmentationMode.Multiclass ? 0.5 : 0.25;
            }
        }

        scene = scene with { Logits = logits, Labels = labels, Soft = soft, Weights = weights };
        RegionStatistic[] statistics = [RegionStatistic.NegativeLogLikelihood, RegionStatistic.NegativeLogPower(2.5), RegionStatistic.NegativeLogPower(0.5), RegionStatistic.Focal(2, FocalForm.Softmax), RegionStatistic.Focal(2, FocalForm.OneVsRest), RegionStatistic.Overlap, RegionStatistic.PredictedSize()];
        Compare(scene, statistics, ScalarType.Float64);
    }

    /// <summary>What a formula reads of instances.</summary>
    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Multilabel)]
    public void Instances_HaveSizesAndOverlaps(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var scene = TargetScenes.Make(mode, Has.Instances | Has.Weights | Has.Ignored);
        var input = scene.Input(scene.LogitsTensor());
        IRegionPrimitive regions = RegionPrimitive.Composed(input);
        RegionStatistic[] statistics = [RegionStatistic.PredictedSize(), RegionStatistic.Overlap];
        var (values, plain) = (new PlainStatistics(scene, statistics).Values(), new PlainStatistics(scene, statistics));
        var (classes, count) = ((int)scene.Classes, (int)scene.InstanceCount);
        var all = Enumerable.Range(2 * classes, count).ToArray();
        double At(long image, int place, int column) => values[plain.At(image, place, background: false, 0) + column];
        double Plain(long image, int b, int what)
        {
            var c = b % count % classes;
            return what switch
            {
                0 => At(image, 2, (2 * classes) + b),
                1 => At(image, 1, (2 * classes) + b),
                _ => At(image, 0, c) - At(image, 1, c) + At(image, 1, (2 * classes) + b),
            };
        }

        double[] Expected(int what, int[] of) => [.. Enumerable.Range(0, (int)scene.Images).SelectMany(image => of.Select(column => Plain(image, column - (2 * classes), what)))];
        double[] Read(RegionStatistic? statistic, int[] columns) => Evaluation.Numbers(regions.Read(new(statistic, TargetSizeKind.Region, columns, mode, classes)));

        Read(null, all).ShouldAllBeClose(Expected(0, all), Tolerance.Identity);
        Read(RegionStatistic.Overlap, all).ShouldAllBeClose(Expected(1, all), Tolerance.Identity);
        Read(RegionStatistic.PredictedSize(), all).ShouldAllBeClose(Expected(2, all), Tolerance.Identity);
        int[] some = [all[2], all[0]];
        Read(RegionStatistic.PredictedSize(), some).ShouldAllBeClose(Expected(2, some), Tolerance.Identity);
        FluentActions.Invoking(() => Read(RegionStatistic.PredictedSize(10), all)).Should().Throw<InvalidOperationException>().WithMessage("*PredictedSize(10)*");
    }

    private static void Check(SegmentationMode mode, Has has, ScalarType dtype) =>
        Compare(TargetScenes.Make(mode, has).Rounded(dtype), TargetScenes.Statistics(mode), dtype);

    private static void Compare(Scene scene, RegionStatistic[] statistics, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var random = new Random(2);
        foreach (var part in statistics.Select(statistic => (RegionStatistic[])[statistic]).Append(statistics))
        {
            var own = new PlainStatistics(scene, part);
            double[] upstream = [.. Enumerable.Range(0, own.Length).Select(_ => (2 * random.NextDouble()) - 1)];
            var leaf = scene.LogitsTensor(dtype).requires_grad_(true);
            var rows = Rows(scene, part, leaf);
            rows.dtype.Should().Be(ScalarType.Float64);
            Evaluation.Numbers(rows).ShouldAllBeClose(own.Values(), Tolerance.Statistic(dtype), string.Join(", ", part));
            if (rows.requires_grad)
            {
                rows.backward([tensor(upstream, rows.shape)]);
            }

            Evaluation.Numbers(leaf.grad ?? zeros_like(leaf)).ShouldBeCloseToLargest(own.Gradient(upstream), Tolerance.StoredGradient(dtype), string.Join(", ", part), floor: 1);
        }
    }

    private static Tensor Rows(Scene scene, RegionStatistic[] statistics, Tensor logits) =>
        StatisticRows.Of(RegionPrimitive.Composed(scene.Input(logits)), statistics, scene.Mode);
}
