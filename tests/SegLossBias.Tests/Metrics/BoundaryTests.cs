namespace SegLossBias.Tests.Metrics;

/// <summary>Boundary IoU against a search of all pixels, and for shapes whose bands can be counted by hand.</summary>
public class BoundaryTests
{
    [Fact]
    public void Band_HasThePixelsThatSeeTheOutside() => Gen.Select(MaskPair.Any, Gen.Int[1, 4]).Sample((pair, distance) =>
        BoundaryBand.Of(pair.Target, pair.Shape, distance).Should().Equal(PlainMasks.Band(pair.Shape, pair.Target, distance)), iter: 300);

    public static TheoryData<SegmentationMode> Modes => [.. Enum.GetValues<SegmentationMode>()];

    [Theory]
    [MemberData(nameof(Modes))]
    public void Counts_AreThoseOfTheBands(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Fixed(mode, [2, mode == SegmentationMode.Binary ? 1 : 2, 9, 12], ignored: 0.05) with { Logits = Blobs(mode) };
        var metrics = new BoundaryMetrics((int)scene.Classes) { Mode = mode, IgnoreIndex = Scene.Ignore, DistanceRatio = 0.14 };
        metrics.AddLogits(scene.LogitsTensor(), scene.TargetTensor());
        for (var n = 0; n < 2; n++)
        {
            for (var k = 0; k < scene.Classes; k++)
            {
                var (p, t) = (PlainMasks.Band([9, 12], PlainMasks.Predicted(scene, n, k), 2), PlainMasks.Band([9, 12], PlainMasks.True(scene, n, k), 2));
                var (both, either) = (p.Zip(t).Count(pair => pair.First && pair.Second), p.Zip(t).Count(pair => pair.First || pair.Second));
                metrics.Image(n, k).IoU.ShouldBeClose((double)both / either, 1e-12);
                metrics.Image(n, k).ValidSize.Should().Be(PlainCounts.Of(scene, Scene.Ignore)[n][k].ValidSize);
            }
        }
    }

    /// <summary>A square of 60 pixels in 100 has a band of 3: round(0.02·√2·100). Shifted by one pixel, it can be counted by hand.</summary>
    [Fact]
    public void Squares_ByHand()
    {
        using var scope = NewDisposeScope();
        var (target, prediction) = (Square(20, 20, 60), Square(20, 21, 60));
        var metrics = new BoundaryMetrics(1) { Mode = SegmentationMode.Binary };
        metrics.Add(prediction, target);
        metrics.Add(target.unsqueeze(1), target.unsqueeze(1));
        const int Band = (60 * 60) - (54 * 54);

        // The rows above and below share 2·3·59 pixels, the columns left and right 2·2 in each of the 54 rows between.
        const int Common = (2 * 3 * 59) + (2 * 2 * 54);
        metrics.Image(0, 0).Should().Be(new OverlapCounts(Common, Band - Common, Band - Common, 10_000 - (2 * Band) + Common));
        metrics.Image(1, 0).Should().Be(new OverlapCounts(Band, 0, 0, 10_000 - Band), "a channel of size 1 is no axis");
        metrics.Mean(OverlapMetric.IoU, EmptyPolicies.MissCountsZero).Mean.ShouldBeClose((1 + ((double)Common / ((2 * Band) - Common))) / 2, 1e-12);
        metrics.Add(zeros_like(target), target);
        metrics.Image(2, 0).Empty.Should().Be(EmptyCase.Prediction);
        metrics.Image(2, 0).IoU.Should().Be(0);
        FluentActions.Invoking(() => new BoundaryMetrics(1) { DistanceRatio = 0 }).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("DistanceRatio");
    }

    /// <summary>A volume of one slice is a picture, and a picture of one row a line: not all of it is border. Behind another axis, size 1 counts.</summary>
    [Fact]
    public void AxesOfSizeOne_BeforeTheOthers_DoNotCount()
    {
        using var scope = NewDisposeScope();
        var (picture, row) = (Square(20, 20, 60), Square(20, 20, 60).narrow(1, 40, 1));
        OverlapCounts Band(params long[] shape)
        {
            var mask = (shape.Length > 3 ? picture : row).reshape(shape);
            var metrics = new BoundaryMetrics(1) { Mode = SegmentationMode.Binary };
            metrics.Add(mask, mask);
            return metrics.Image(0, 0);
        }

        Band(1, 1, 1, 100, 100).TargetSize.Should().Be((60 * 60) - (54 * 54));
        Band(1, 1, 100).TargetSize.Should().Be(2 * 2, "round(0.02·100) pixels at each end");
        Band(1, 100, 1).TargetSize.Should().Be(60, "every pixel is at the border of a column");
    }

    private static Tensor Square(int top, int left, int size)
    {
        var mask = zeros([1, 100, 100], ScalarType.Int64);
        mask.narrow(1, top, size).narrow(2, left, size).fill_(1);
        return mask;
    }

    /// <summary>Logits of large regions, so that bands are not the whole masks.</summary>
    private static double[] Blobs(SegmentationMode mode)
    {
        var channels = mode == SegmentationMode.Binary ? 1 : 2;
        return [.. Enumerable.Range(0, 2 * channels * 108).Select(i => ((i / 108 % 2) == 0 ? 1 : -1) * ((i % 12) - 8.5))];
    }
}
