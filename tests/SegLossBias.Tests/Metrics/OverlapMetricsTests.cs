namespace SegLossBias.Tests.Metrics;

/// <summary>Counting in all modes, and what the accumulator reads from the counts.</summary>
public class OverlapMetricsTests
{
    private static readonly EmptyPolicies Skip = new(EmptyPolicy.Skip, EmptyPolicy.Skip, EmptyPolicy.Skip);
    private static readonly EmptyPolicies Formula = new(EmptyPolicy.Formula, EmptyPolicy.Formula, EmptyPolicy.Formula);

    public static TheoryData<SegmentationMode> Modes => [.. Enum.GetValues<SegmentationMode>()];

    [Theory]
    [MemberData(nameof(Modes))]
    public void Counts_EqualThoseOfALoop_FromMapsAndFromLogits(SegmentationMode mode) => Scenes.Any(mode, withIgnored: true).Sample(scene =>
    {
        using var scope = NewDisposeScope();
        var expected = PlainCounts.Of(scene, Scene.Ignore);
        var maps = new OverlapMetrics((int)scene.Classes) { Mode = mode, IgnoreIndex = Scene.Ignore };
        long[] shape = mode == SegmentationMode.Multilabel ? scene.LabelShape : [scene.Images, 1, .. scene.LabelShape[1..]]; // So small that they may look one-hot.
        maps.Add(tensor(PlainCounts.Prediction(scene), shape), scene.TargetTensor().reshape(shape));
        var logits = new OverlapMetrics((int)scene.Classes) { Mode = mode, IgnoreIndex = Scene.Ignore };
        logits.AddLogits(scene.LogitsTensor(), scene.TargetTensor());
        foreach (var metrics in (OverlapMetrics[])[maps, logits])
        {
            metrics.Images.Should().Be((int)scene.Images);
            for (var n = 0; n < metrics.Images; n++)
            {
                metrics.Evaluated.Select(k => metrics.Image(n, k)).Should().Equal(expected[n]);
            }
        }
    }, iter: 100);

    [Theory]
    [MemberData(nameof(Modes))]
    public void EveryFormOfTheSameLabels_CountsTheSame(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(mode);
        var classes = (int)scene.Classes;
        var (prediction, target) = (tensor(PlainCounts.Prediction(scene), scene.LabelShape).clamp_max(1), scene.TargetTensor().clamp_max(1));
        var expected = Counts(new(classes) { Mode = mode }, prediction, target);
        foreach (var dtype in (ScalarType[])[ScalarType.Bool, ScalarType.Byte, ScalarType.Int8, ScalarType.Int16, ScalarType.Int32])
        {
            Counts(new(classes) { Mode = mode }, prediction.to(dtype), target.to(dtype)).Should().Equal(expected);
        }

        Counts(new(classes) { Mode = mode }, prediction.transpose(-1, -2), target.transpose(-1, -2)).Should().Equal(expected);
        if (mode != SegmentationMode.Multilabel)
        {
            Counts(new(classes) { Mode = mode }, prediction.unsqueeze(1), target.unsqueeze(1)).Should().Equal(expected);
            Counts(new(classes) { Mode = mode }, prediction.unsqueeze(1), target).Should().Equal(expected);
            Counts(new(classes) { Mode = mode }, prediction, target.unsqueeze(1)).Should().Equal(expected);
        }
    }

    [Fact]
    public void Logits_TakeOneHotTargets_AndAllFloatTypes()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass, ignored: 0.2);
        var target = scene.TargetTensor();
        var isIgnored = target.eq(Scene.Ignore);
        var oneHot = nn.functional.one_hot(target.masked_fill(isIgnored, 0), 3).permute(0, 3, 1, 2).masked_fill(isIgnored.unsqueeze(1), Scene.Ignore);
        var expected = PlainCounts.Of(scene, Scene.Ignore).SelectMany(image => image).ToArray();
        foreach (var dtype in (ScalarType[])[ScalarType.Float64, ScalarType.Float32])
        {
            var metrics = new OverlapMetrics(3) { IgnoreIndex = Scene.Ignore };
            metrics.AddLogits(scene.LogitsTensor(dtype).requires_grad_(true), oneHot);
            All(metrics).Should().Equal(expected);
        }

        var half = new OverlapMetrics(2);
        half.AddLogits(tensor((float[])[1, 2, 2, 1], [1, 2, 2]).to(ScalarType.Float16), tensor((long[])[1, 1], [1, 2]));
        half.Pooled(1).Should().Be(new OverlapCounts(1, 0, 1, 0));
    }

    [Fact]
    public void Subset_EvaluatesTheseClassesOnly()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        var expected = PlainCounts.Of(scene, null);
        var metrics = new OverlapMetrics(3) { Selection = ClassSelection.WithoutBackground };
        metrics.AddLogits(scene.LogitsTensor(), scene.TargetTensor());

        metrics.Evaluated.Should().Equal(1, 2);
        metrics.Pooled(2).Should().Be(expected[0][2] + expected[1][2]);
        FluentActions.Invoking(() => metrics.Pooled(0)).Should().Throw<ArgumentException>().WithMessage("class 0 is not evaluated; the classes are [1, 2].*");
        metrics.Mean(OverlapMetric.Dice, Formula).Counted.Should().Be(4);
    }

    [Fact]
    public void Means_ByClass_ByImage_OverAll_AndPooled()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Fixed(SegmentationMode.Multiclass, [3, 3, 8, 9]);
        var c = PlainCounts.Of(scene, null);
        var metrics = new OverlapMetrics(3);
        metrics.AddLogits(scene.LogitsTensor(), scene.TargetTensor());
        foreach (var metric in Enum.GetValues<OverlapMetric>())
        {
            metrics.Mean(metric, Skip).Mean.ShouldBeClose(c.SelectMany(image => image).Average(counts => counts.Value(metric)), 1e-12);
            metrics.MeanOfClass(metric, 1, Skip).Mean.ShouldBeClose(c.Average(image => image[1].Value(metric)), 1e-12);
            metrics.MeanOfImage(metric, 2, Skip).Mean.ShouldBeClose(c[2].Average(counts => counts.Value(metric)), 1e-12);
            metrics.MeanOfPooled(metric, Skip).Mean.ShouldBeClose(Enumerable.Range(0, 3).Average(k => (c[0][k] + c[1][k] + c[2][k]).Value(metric)), 1e-12);
        }
    }

    [Fact]
    public void WithoutImages_CountsNothing()
    {
        using var scope = NewDisposeScope();
        var metrics = new OverlapMetrics(2);
        metrics.Add(zeros([0, 4, 5], ScalarType.Int64), zeros([0, 4, 5], ScalarType.Int64));
        (metrics.Images, metrics.Pooled(0)).Should().Be((0, default(OverlapCounts)));
        var nothing = metrics.Mean(OverlapMetric.Dice, Formula);
        (nothing.Mean, nothing.StandardDeviation, nothing.Median, nothing.Counted, nothing.Skipped).Should().Be((double.NaN, double.NaN, double.NaN, 0L, 0L));
        FluentActions.Invoking(() => metrics.Image(0, 0)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void PredictionUnderIgnoredPixels_MayBeAnything()
    {
        using var scope = NewDisposeScope();
        var metrics = new OverlapMetrics(2) { IgnoreIndex = 255 };
        metrics.Add(tensor((long[])[77, -5, 1, 0], [1, 4]), tensor((long[])[255, 255, 1, 1], [1, 4]));
        metrics.Pooled(1).Should().Be(new OverlapCounts(1, 0, 1, 0));
        metrics.Pooled(0).Should().Be(new OverlapCounts(0, 1, 0, 1));
    }

    private static OverlapCounts[] Counts(OverlapMetrics metrics, Tensor prediction, Tensor target)
    {
        metrics.Add(prediction, target);
        return All(metrics);
    }

    private static OverlapCounts[] All(OverlapMetrics metrics) =>
        [.. Enumerable.Range(0, metrics.Images).SelectMany(n => metrics.Evaluated.Select(k => metrics.Image(n, k)))];
}
