namespace SegLossBias.Tests.Inputs;

/// <summary>Every tensor that inputs and metrics make names its device: with another default device, CPU tensors are read as ever.</summary>
[Collection(nameof(Alone))]
public class DefaultDeviceTests
{
    public static TheoryData<SegmentationMode> Modes => [.. Enum.GetValues<SegmentationMode>()];

    [Theory]
    [MemberData(nameof(Modes))]
    public void Inputs_AreReadAsEver(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(mode, ignored: 0.3);
        var (logits, target) = (scene.LogitsTensor(), scene.TargetTensor());
        foreach (var labels in Forms(scene, target))
        {
            double[] Read()
            {
                var flat = FlatInput.Of(SegmentationInput.Check(logits, labels, mode, [Scene.Ignore]));
                return [.. Evaluation.Numbers(flat.Labels), .. Evaluation.Numbers(flat.Ignored!)];
            }

            var expected = Read();
            OnMeta(Read).Should().Equal(expected);
        }

        var wrong = target.masked_fill(target.eq(Scene.Ignore), 99);
        OnMeta(() => FluentActions.Invoking(() => FlatInput.Of(SegmentationInput.Check(logits, wrong, mode, [Scene.Ignore])))
            .Should().Throw<ArgumentException>().WithMessage("*label 99 occurs at [*"));
        var soft = FloatMasks.Of(target, mode, scene.Classes, ScalarType.Float32, marker: 0.5);
        OnMeta(() => FluentActions.Invoking(() => FlatInput.Of(SegmentationInput.Check(logits, soft, mode, [Scene.Ignore])))
            .Should().Throw<ArgumentException>().WithMessage("*0.5 occurs at [*"));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Metrics_CountAsEver(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(mode, ignored: 0.3);
        var (logits, target) = (scene.LogitsTensor(), scene.TargetTensor());
        var maps = tensor(SegLossBias.Tests.Metrics.PlainCounts.Prediction(scene), scene.LabelShape);
        (OverlapCounts[], SurfaceScores[]) Measure()
        {
            var overlap = new OverlapMetrics((int)scene.Classes) { Mode = mode, IgnoreIndex = Scene.Ignore };
            var surface = new SurfaceMetrics((int)scene.Classes) { ToleranceMm = [1], Mode = mode, IgnoreIndex = Scene.Ignore };
            foreach (var labels in Forms(scene, target))
            {
                overlap.Add(maps, labels);
                overlap.AddLogits(logits, labels);
                surface.Add(maps, labels, 1, 2);
                surface.AddLogits(logits, labels, 1, 2);
            }

            return (
                [.. Enumerable.Range(0, overlap.Images).SelectMany(n => overlap.Evaluated.Select(k => overlap.Image(n, k)))],
                [.. Enumerable.Range(0, surface.Images).SelectMany(n => surface.Evaluated.Select(k => surface.Image(n, k)))]);
        }

        var (counts, scores) = Measure();
        var (actualCounts, actualScores) = OnMeta(Measure);
        actualCounts.Should().Equal(counts);
        actualScores.Should().Equal(scores);
    }

    /// <summary>In every integer type, one-hot, and as a float mask.</summary>
    private static Tensor[] Forms(Scene scene, Tensor target)
    {
        var ignored = target.eq(Scene.Ignore);
        Tensor[] forms = [target, target.to(ScalarType.Byte), target.to(ScalarType.Int16)];
        forms = [.. forms, FloatMasks.Of(target, scene.Mode, scene.Classes, ScalarType.Float32)];
        return scene.Mode != SegmentationMode.Multiclass
            ? forms
            : [.. forms, nn.functional.one_hot(target.masked_fill(ignored, 0), scene.Classes).permute(0, 3, 1, 2).masked_fill(ignored.unsqueeze(1), Scene.Ignore)];
    }

    private static T OnMeta<T>(Func<T> read)
    {
        var before = get_default_device();
        set_default_device(META);
        try
        {
            zeros(1).device_type.Should().Be(DeviceType.META, "else this tests nothing");
            return read();
        }
        finally
        {
            set_default_device(before);
        }
    }
}
