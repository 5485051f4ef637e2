namespace SegLossBias.Tests.Metrics;

/// <summary>The accumulator reads masks out of tensors in every mode and scores them as SurfaceDistances does.</summary>
public class SurfaceMetricsTests
{
    private static readonly double[] Spacing = [1.5, 0.5, 2];

    public static TheoryData<SegmentationMode, int> ModesAndAxes
    {
        get
        {
            var data = new TheoryData<SegmentationMode, int>();
            foreach (var mode in Enum.GetValues<SegmentationMode>())
            {
                data.Add(mode, 2);
                data.Add(mode, 3);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(ModesAndAxes))]
    public void Scores_AreThoseOfTheMasks(SegmentationMode mode, int axes)
    {
        using var scope = NewDisposeScope();
        int[] space = axes == 2 ? [4, 5] : [3, 4, 5];
        var spacing = Spacing[..axes];
        var scene = Scenes.Fixed(mode, [2, mode == SegmentationMode.Binary ? 1 : 3, .. space.Select(size => (long)size)], ignored: 0.1);
        double[] tolerances = mode == SegmentationMode.Binary ? [0.5] : [0.5, 1, 2];
        var classes = (int)scene.Classes;
        var prediction = tensor(PlainCounts.Prediction(scene), scene.LabelShape);
        var maps = new SurfaceMetrics(classes) { ToleranceMm = tolerances, Mode = mode, IgnoreIndex = Scene.Ignore };
        maps.Add(prediction, scene.TargetTensor(), spacing);
        var logits = new SurfaceMetrics(classes) { ToleranceMm = tolerances, Mode = mode, IgnoreIndex = Scene.Ignore };
        logits.AddLogits(scene.LogitsTensor(), scene.TargetTensor(), spacing);

        for (var n = 0; n < 2; n++)
        {
            for (var k = 0; k < classes; k++)
            {
                var expected = SurfaceDistances.Compute(Mask(scene, PlainCounts.Prediction(scene), n, k), Mask(scene, scene.Labels, n, k), space, spacing);
                maps.Image(n, k).Should().Be(expected.Scores(tolerances[k]));
                logits.Image(n, k).Should().Be(maps.Image(n, k));
            }
        }

        foreach (var metric in Enum.GetValues<SurfaceMetric>())
        {
            var all = from n in Enumerable.Range(0, 2) from k in maps.Evaluated select maps.Image(n, k).Value(metric);
            maps.Mean(metric, new(EmptyPolicy.NaN, EmptyPolicy.NaN, EmptyPolicy.NaN)).Mean.ShouldBeClose(all.Average(), 1e-12);
            maps.MeanOfClass(metric, 0, new(EmptyPolicy.NaN, EmptyPolicy.NaN, EmptyPolicy.NaN)).Counted.Should().Be(2);
        }
    }

    [Fact]
    public void Channel_OfSizeOne_IsNoAxis()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        var prediction = tensor(PlainCounts.Prediction(scene), scene.LabelShape);
        var (plain, channel) = (new SurfaceMetrics(3) { ToleranceMm = [1] }, new SurfaceMetrics(3) { ToleranceMm = [1] });
        plain.Add(prediction, scene.TargetTensor(), 1, 2);
        channel.Add(prediction.unsqueeze(1), scene.TargetTensor().unsqueeze(1), 1, 2);
        channel.Image(1, 2).Should().Be(plain.Image(1, 2));
    }

    [Fact]
    public void Tensors_OfMasks_OfEveryIntegerType()
    {
        using var scope = NewDisposeScope();
        MaskPair.NotEmpty.Sample(pair =>
        {
            using var inner = NewDisposeScope();
            long[] shape = [.. pair.Shape.Select(size => (long)size)];
            var (prediction, target) = (tensor(pair.Prediction, shape), tensor(pair.Target, shape));
            foreach (var dtype in (ScalarType[])[ScalarType.Bool, ScalarType.Byte, ScalarType.Int64])
            {
                SurfaceDistances.Compute(prediction.to(dtype), target.to(dtype), pair.Spacing).Scores(1).Should().Be(pair.Distances.Scores(1));
            }
        }, iter: 30);
    }

    /// <summary>An ignored pixel is background in both masks, so what is predicted there cannot matter.</summary>
    [Fact]
    public void IgnoredPixels_BelongToNoStructure()
    {
        using var scope = NewDisposeScope();
        var target = zeros([1, 8, 8], ScalarType.Int64);
        target.narrow(1, 2, 4).narrow(2, 2, 4).fill_(1);
        target.narrow(1, 0, 3).fill_(255);
        var prediction = target.clamp_max(1);
        var metrics = new SurfaceMetrics(2) { ToleranceMm = [0], Selection = ClassSelection.WithoutBackground, IgnoreIndex = 255 };
        metrics.Add(prediction, target, 1, 1);
        metrics.Add(zeros_like(target).masked_fill(target.eq(1), 1), target, 1, 1);
        metrics.Image(0, 1).Should().Be(new SurfaceScores(1, 0, 0, 0, 0, 0, EmptyCase.None, Math.Sqrt(128)));
        metrics.Image(1, 1).Should().Be(metrics.Image(0, 1));
    }

    private static bool[] Mask(Scene scene, long[] labels, int image, int k) => [.. Enumerable.Range(0, (int)scene.Pixels).Select(i =>
    {
        var isMulticlass = scene.Mode == SegmentationMode.Multiclass;
        var flat = isMulticlass ? (image * scene.Pixels) + i : (((image * scene.Classes) + k) * scene.Pixels) + i;
        return scene.Labels[flat] != Scene.Ignore && labels[flat] == (isMulticlass ? k : 1);
    })];

    /// <summary>A tenth of a millimetre is no double, and the sum of a thousand is not a hundred: rounding moves no percentile.</summary>
    [Fact]
    public void Percentile_ForgivesTheRoundingOfSums()
    {
        var elements = new ElementDistances([.. Enumerable.Range(1, 1000).Select(i => (double)i)], [.. Enumerable.Repeat(0.1, 1000)]);
        Enumerable.Range(1, 100).Select(percent => elements.Percentile(percent)).Should().Equal(Enumerable.Range(1, 100).Select(percent => 10.0 * percent));
    }
}
