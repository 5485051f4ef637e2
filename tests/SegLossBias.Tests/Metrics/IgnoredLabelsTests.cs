namespace SegLossBias.Tests.Metrics;

/// <summary>Several labels to leave out are as one, in every accumulator, from label maps, masks of floats and logits.</summary>
public sealed class IgnoredLabelsTests : IDisposable
{
    private static readonly long[] Several = [255, 254, 77];
    private static readonly double[] Spacing = [1, 2];

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void SeveralLabels_AreAsOne(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(mode, seed: 3, ignored: 0.3);
        var several = scene with { Labels = [.. scene.Labels.Select((label, i) => label == Scene.Ignore ? Several[i % 3] : label)] };
        var masks = mode == SegmentationMode.Multiclass ? (ScalarType[])[ScalarType.Int64, ScalarType.Byte] : [ScalarType.Int64, ScalarType.Byte, ScalarType.Float32];
        foreach (var dtype in masks)
        {
            var expected = Report(mode, scene, scene.TargetTensor(dtype), 255, []);
            Report(mode, scene, several.TargetTensor(dtype), 255, [254, 77]).Should().Be(expected, $"{dtype}");
            Report(mode, scene, several.TargetTensor(dtype), null, Several).Should().Be(expected, $"{dtype}");
            FluentActions.Invoking(() => Report(mode, scene, several.TargetTensor(dtype), null, [255, 254])).Should().Throw<ArgumentException>().WithMessage("*77 occurs at*");
        }
    }

    /// <summary>A label that is a class, 0, and one that is none.</summary>
    [Fact]
    public void AClass_AndAnotherLabel_AreLeftOut()
    {
        using var scope = NewDisposeScope();
        var prediction = tensor((long[])[1, 1, 0, 1], [1, 4]);
        foreach (var dtype in (ScalarType[])[ScalarType.Int64, ScalarType.Float32])
        {
            var metrics = new OverlapMetrics(1) { Mode = SegmentationMode.Binary, IgnoreIndices = [255, 0] };
            metrics.Add(prediction, tensor((long[])[1, 0, 1, 255], [1, 4]).to(dtype));
            metrics.Image(0, 0).Should().Be(new OverlapCounts(1, 0, 1, 0), $"{dtype}");
        }
    }

    [Fact]
    public void Files_KeepThem_AndOthersAreNotMerged()
    {
        using var scope = NewDisposeScope();
        var metrics = new OverlapMetrics(2) { IgnoreIndex = 7, IgnoreIndices = [255, 7] };
        metrics.Add(tensor((long[])[0, 1, 1], [1, 3]), tensor((long[])[0, 255, 7], [1, 3]));
        metrics.ToString().Should().Be("OverlapMetrics { Classes = 2, Mode = Multiclass, Evaluated = [0, 1], IgnoreIndex = [7, 255] }, 1 images");
        metrics.Save(_file);
        var loaded = OverlapMetrics.Load(_file);
        loaded.ToString().Should().Be(metrics.ToString());
        loaded.IgnoreIndex.Should().Be(7);
        loaded.IgnoreIndices.Should().Equal(255, 7);
        loaded.Merge(metrics);
        loaded.Add(tensor((long[])[0, 1, 1], [1, 3]), tensor((long[])[255, 7, 1], [1, 3]));
        loaded.Invoking(m => m.Merge(new(2) { IgnoreIndex = 7 })).Should().Throw<ArgumentException>().WithMessage("*IgnoreIndex = [7, 255]*IgnoreIndex = 7*");

        var calibration = new CalibrationMetrics(2) { IgnoreIndices = [7, 255] };
        calibration.AddLogits(zeros(1, 2, 3), tensor((long[])[0, 255, 7], [1, 3]));
        calibration.Save(_file);
        CalibrationMetrics.Load(_file).ToString().Should().Be(calibration.ToString()).And.Contain("IgnoreIndex = [7, 255]");
    }

    private static string Report(SegmentationMode mode, Scene scene, Tensor target, long? index, long[] indices)
    {
        var k = (int)scene.Classes;
        var logits = scene.LogitsTensor();
        var prediction = mode == SegmentationMode.Multiclass ? logits.argmax(1) : logits.gt(0).to(ScalarType.Int64);
        var overlap = new OverlapMetrics(k) { Mode = mode, IgnoreIndex = index, IgnoreIndices = indices };
        var boundary = new BoundaryMetrics(k) { Mode = mode, IgnoreIndex = index, IgnoreIndices = indices };
        var lesions = new LesionMetrics(k) { Mode = mode, IgnoreIndex = index, IgnoreIndices = indices };
        var lines = new CenterlineMetrics(k) { Mode = mode, IgnoreIndex = index, IgnoreIndices = indices };
        var surface = new SurfaceMetrics(k) { Mode = mode, IgnoreIndex = index, IgnoreIndices = indices, ToleranceMm = [1] };
        var volume = new VolumeMetrics(k) { Mode = mode, IgnoreIndex = index, IgnoreIndices = indices };
        var calibration = new CalibrationMetrics(k) { Mode = mode, IgnoreIndex = index, IgnoreIndices = indices };
        overlap.AddLogits(logits, target);
        boundary.AddLogits(logits, target);
        lesions.AddLogits(logits, target);
        lines.AddLogits(logits, target);
        surface.AddLogits(logits, target, Spacing);
        volume.AddLogits(logits, target, Spacing);
        calibration.AddLogits(logits, target);
        overlap.Add(prediction, target);
        boundary.Add(prediction, target);
        lesions.Add(prediction, target);
        lines.Add(prediction, target);
        surface.Add(prediction, target, Spacing);
        volume.Add(prediction, target, Spacing);
        calibration.AddLogits(logits, target);
        var report = new MetricReport(overlap, boundary, lesions, lines, surface, volume, calibration).ToCsv();
        if (mode != SegmentationMode.Multiclass)
        {
            return report;
        }

        var confusion = new ConfusionMetrics(k) { IgnoreIndex = index, IgnoreIndices = indices };
        confusion.AddLogits(logits, target);
        confusion.Add(prediction, target);
        return report + new MetricReport(confusion).ToCsv();
    }
}
