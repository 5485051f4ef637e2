namespace SegLossBias.Tests.Inputs;

/// <summary>Metrics take float masks as targets, as the losses do, and never as predictions.</summary>
public class FloatMaskMetricsTests
{
    public static TheoryData<SegmentationMode> Modes => [.. Enum.GetValues<SegmentationMode>()];

    [Theory]
    [MemberData(nameof(Modes))]
    public void Counts_AreThoseOfIntegers(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Fixed(mode, [2, mode == SegmentationMode.Binary ? 1 : 3, 6, 7], ignored: 0.2);
        var prediction = Scenes.Fixed(mode, scene.Shape, seed: 7).TargetTensor();
        (OverlapCounts[], SurfaceScores[]) Measure(Tensor target)
        {
            var overlap = new OverlapMetrics((int)scene.Classes) { Mode = mode, IgnoreIndex = Scene.Ignore };
            var surface = new SurfaceMetrics((int)scene.Classes) { ToleranceMm = [1], Mode = mode, IgnoreIndex = Scene.Ignore };
            overlap.Add(prediction, target);
            overlap.AddLogits(scene.LogitsTensor(), target);
            surface.Add(prediction, target, 1, 2);
            surface.AddLogits(scene.LogitsTensor(), target, 1, 2);
            return (
                [.. Enumerable.Range(0, 4).SelectMany(n => overlap.Evaluated.Select(k => overlap.Image(n, k)))],
                [.. Enumerable.Range(0, 4).SelectMany(n => surface.Evaluated.Select(k => surface.Image(n, k)))]);
        }

        var (counts, scores) = Measure(scene.TargetTensor());
        counts.Should().Contain(count => count.TruePositives > 0);
        foreach (var dtype in FloatMasks.Types)
        {
            foreach (var (layout, mask) in FloatMasks.Layouts(FloatMasks.Of(scene.TargetTensor(), mode, scene.Classes, dtype)))
            {
                var (actual, actualScores) = Measure(mask);
                actual.Should().Equal(counts, $"{dtype}, {layout}");
                actualScores.Should().Equal(scores, $"{dtype}, {layout}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void OtherValues_AreNamed_AndPredictionsRefused(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(mode);
        var (labels, mask) = (scene.TargetTensor(), FloatMasks.Of(scene.TargetTensor(), mode, scene.Classes, ScalarType.Float32));
        mask.view(-1).index_fill_(0, tensor((long[])[7]), 0.75);
        var position = mode == SegmentationMode.Binary ? "[0, 1, 2]" : "[0, 0, 1, 2]";
        var metrics = new OverlapMetrics((int)scene.Classes) { Mode = mode };
        var logits = scene.LogitsTensor();
        foreach (var add in (Action[])[() => metrics.Add(labels, mask), () => metrics.AddLogits(logits, mask)])
        {
            Contract.LiveHandles.LeftBy(() => add.Should().Throw<ArgumentException>().WithParameterName("target").WithMessage($"*but 0.75 occurs at {position}; hard labels are needed here*"))
                .Should().Be(0);
        }

        FluentActions.Invoking(() => metrics.Add(labels.to(ScalarType.Float32), labels)).Should().Throw<ArgumentException>().WithParameterName("prediction").WithMessage("*integers or bools*");
        metrics.Images.Should().Be(0);
    }

    /// <summary>A wrong label of the prediction is named as one, although the target is of floats.</summary>
    [Fact]
    public void WrongPrediction_BesideAFloatMask_IsNamed()
    {
        using var scope = NewDisposeScope();
        var metrics = new OverlapMetrics(1) { Mode = SegmentationMode.Binary };
        FluentActions.Invoking(() => metrics.Add(full([1, 2, 2], 7, ScalarType.Int64), ones([1, 2, 2], ScalarType.Float32))).Should().Throw<ArgumentException>()
            .WithParameterName("prediction").WithMessage("*label 7 occurs at [0, 0, 0]*");
    }

    [Fact]
    public void Distances_AreThoseOfIntegers()
    {
        using var scope = NewDisposeScope();
        var (prediction, target) = (Scenes.Fixed(SegmentationMode.Binary, [1, 1, 6, 7]).TargetTensor()[0], Scenes.Fixed(SegmentationMode.Binary, [1, 1, 6, 7], seed: 2).TargetTensor()[0]);
        var expected = SurfaceDistances.Compute(prediction, target, 1, 2).Scores(1);
        foreach (var dtype in FloatMasks.Types)
        {
            SurfaceDistances.Compute(prediction, target.to(dtype), 1, 2).Scores(1).Should().Be(expected);
        }

        FluentActions.Invoking(() => SurfaceDistances.Compute(prediction, target.to(ScalarType.Float32).mul(0.5), 1, 2)).Should().Throw<ArgumentException>().WithMessage("*0.5 occurs at*");
    }
}
