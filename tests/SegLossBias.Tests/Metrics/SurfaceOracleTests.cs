namespace SegLossBias.Tests.Metrics;

/// <summary>Distance transform and surface metrics against their definitions in loops, on random small masks.</summary>
public class SurfaceOracleTests
{
    private const double Within = 1e-10;

    [Fact]
    public void DistanceTransform_EqualsTheSmallestOfAllDistances() => MaskPair.Any.Sample(pair =>
    {
        var distances = DistanceTransform.Compute(pair.Target, pair.Shape, pair.Spacing);
        for (var flat = 0; flat < distances.Length; flat++)
        {
            var place = MaskPair.Position(flat, pair.Shape);
            var nearest = Enumerable.Range(0, distances.Length).Where(other => pair.Target[other]).Select(other =>
                Math.Sqrt(MaskPair.Position(other, pair.Shape).Select((x, axis) => Math.Pow((x - place[axis]) * pair.Spacing[axis], 2)).Sum())).DefaultIfEmpty(double.PositiveInfinity).Min();
            distances[flat].ShouldBeMetric(nearest, Within, $"pixel {flat}");
        }
    }, iter: 300);

    [Fact]
    public void DistanceTransform_OfALongLine()
    {
        var mask = MaskPair.Where([1, 4097], place => place[1] is 0 or 4096);
        var distances = DistanceTransform.Compute(mask, [1, 4097], [1, 0.25]);
        distances[2048].Should().Be(512);
        distances[4095].Should().Be(0.25);
    }

    [Fact]
    public void DistanceTransform_WithoutATruePixel_IsInfinite() =>
        DistanceTransform.Compute(new bool[6], [2, 3], [1, 1]).Should().OnlyContain(distance => double.IsPositiveInfinity(distance));

    [Fact]
    public void AllMetrics_EqualTheirDefinitions() => Gen.Select(MaskPair.Any, Gen.Double[0, 4], Gen.Double[0, 100]).Sample((pair, tolerance, percentile) =>
    {
        var (distances, plain) = (pair.Distances, new PlainSurface(pair));
        distances.NormalizedSurfaceDistance(tolerance).ShouldBeMetric(plain.Nsd(tolerance), Within);
        distances.TargetOverlap(tolerance).ShouldBeMetric(plain.TargetOverlap(tolerance), Within);
        distances.PredictionOverlap(tolerance).ShouldBeMetric(plain.PredictionOverlap(tolerance), Within);
        distances.Hausdorff().ShouldBeMetric(plain.Hausdorff(100), Within);
        distances.Hausdorff(95).ShouldBeMetric(plain.Hausdorff(95), Within);
        distances.Hausdorff(percentile).ShouldBeMetric(plain.Hausdorff(percentile), Within);
        distances.AverageTargetToPrediction.ShouldBeMetric(plain.AverageTargetToPrediction, Within);
        distances.AveragePredictionToTarget.ShouldBeMetric(plain.AveragePredictionToTarget, Within);
        distances.AverageSymmetric.ShouldBeMetric(plain.AverageSymmetric, Within);
        var masd = distances.Empty is EmptyCase.Target or EmptyCase.Prediction ? double.PositiveInfinity : (plain.AverageTargetToPrediction + plain.AveragePredictionToTarget) / 2;
        distances.Scores(tolerance).MeanAverage.ShouldBeMetric(masd, Within);
        distances.TargetSizes.ToArray().Sum().ShouldBeMetric(plain.TargetTotal, Within);
    }, iter: 300);

    [Fact]
    public void EveryCodeOfACell_HasItsPublishedSize()
    {
        foreach (var spacing in (double[][])[[0.7, 1.9], [0.7, 1.9, 3.1]])
        {
            int[] shape = [.. spacing.Select(_ => 2)];
            var pixels = 1 << spacing.Length;
            for (var code = 1; code < 1 << pixels; code++)
            {
                // Bit 0 is the last pixel. Of the cells around the 2×2(×2) mask the middle one has this code.
                var mask = Enumerable.Range(0, pixels).Select(pixel => (code >> (pixels - 1 - pixel) & 1) == 1).ToArray();
                var pair = new MaskPair(shape, spacing, mask, mask);
                pair.Distances.TargetSizes.ToArray().Sum().ShouldBeClose(new PlainSurface(pair).TargetTotal, Within, $"code {code}");
            }
        }
    }
}
