namespace SegLossBias.Tests.Metrics;

/// <summary>What must hold for any two masks.</summary>
public class SurfacePropertyTests
{
    private static readonly double[] Tolerances = [0, 0.5, 1, 2, 5];

    [Fact]
    public void Swapping_SwapsTheDirections() => MaskPair.Any.Sample(pair =>
    {
        var (distances, swapped) = (pair.Distances, (pair with { Prediction = pair.Target, Target = pair.Prediction }).Distances);
        swapped.TargetDistances.ToArray().Should().Equal(distances.PredictionDistances.ToArray());
        swapped.AverageTargetToPrediction.Should().Be(distances.AveragePredictionToTarget);
        swapped.Hausdorff(95).Should().Be(distances.Hausdorff(95));
        swapped.AverageSymmetric.Should().Be(distances.AverageSymmetric);
        swapped.NormalizedSurfaceDistance(1).Should().Be(distances.NormalizedSurfaceDistance(1));
        swapped.Empty.Should().Be(distances.Empty switch { EmptyCase.Target => EmptyCase.Prediction, EmptyCase.Prediction => EmptyCase.Target, var same => same });
    }, iter: 200);

    [Fact]
    public void ScalingTheSpacing_ScalesDistancesAndLeavesShares() => Gen.Select(MaskPair.NotEmpty, Gen.Double[0.1, 10]).Sample((pair, factor) =>
    {
        var (distances, scaled) = (pair.Distances, (pair with { Spacing = [.. pair.Spacing.Select(s => s * factor)] }).Distances);
        scaled.Hausdorff().ShouldBeClose(factor * distances.Hausdorff(), 1e-12);
        scaled.AverageSymmetric.ShouldBeClose(factor * distances.AverageSymmetric, 1e-12);
        scaled.NormalizedSurfaceDistance(factor * 1.3).ShouldBeClose(distances.NormalizedSurfaceDistance(1.3), 1e-9);
        scaled.TargetSizes.ToArray().Sum().ShouldBeClose(Math.Pow(factor, pair.Shape.Length - 1) * distances.TargetSizes.ToArray().Sum(), 1e-12);
    }, iter: 200);

    [Fact]
    public void ReversingTheAxes_ChangesNothing() => MaskPair.NotEmpty.Sample(pair =>
    {
        int[] shape = [.. pair.Shape.Reverse()];
        bool[] Turned(bool[] mask) => MaskPair.Where(shape, at => mask[at.Reverse().Select((x, axis) => (x, axis)).Aggregate(0, (flat, place) => (flat * pair.Shape[place.axis]) + place.x)]);
        var (distances, turned) = (pair.Distances, new MaskPair(shape, [.. pair.Spacing.Reverse()], Turned(pair.Prediction), Turned(pair.Target)).Distances);
        Same(turned, distances);
    }, iter: 200);

    [Fact]
    public void MirroringAllAxes_ChangesNothing() => MaskPair.NotEmpty.Sample(pair =>
        Same((pair with { Prediction = [.. pair.Prediction.Reverse()], Target = [.. pair.Target.Reverse()] }).Distances, pair.Distances), iter: 200);

    [Fact]
    public void BackgroundAround_ChangesNothing() => MaskPair.NotEmpty.Sample(pair =>
    {
        int[] shape = [.. pair.Shape.Select(size => size + 5)];
        bool[] Padded(bool[] mask) => MaskPair.Where(shape, at =>
            at.Zip(pair.Shape).All(place => place.First >= 2 && place.First < place.Second + 2)
            && mask[at.Zip(pair.Shape).Aggregate(0, (flat, place) => (flat * place.Second) + place.First - 2)]);
        Same(new MaskPair(shape, pair.Spacing, Padded(pair.Prediction), Padded(pair.Target)).Distances, pair.Distances);
    }, iter: 200);

    [Fact]
    public void Identical_AreAtDistanceZero() => MaskPair.NotEmpty.Sample(pair =>
    {
        var scores = (pair with { Prediction = pair.Target }).Distances.Scores(0);
        scores.Should().Be(new SurfaceScores(1, 0, 0, 0, 0, 0, EmptyCase.None, scores.DiagonalMm));
        scores.DiagonalMm!.Value.ShouldBeClose(Math.Sqrt(pair.Shape.Zip(pair.Spacing).Sum(axis => Math.Pow(axis.First * axis.Second, 2))), 1e-12);
    }, iter: 100);

    [Fact]
    public void Order_OfPercentilesAndTolerances() => MaskPair.NotEmpty.Sample(pair =>
    {
        var distances = pair.Distances;
        double[] percentiles = [.. Enumerable.Range(0, 11).Select(p => distances.Hausdorff(10 * p))];
        percentiles.Should().BeInAscendingOrder();
        Tolerances.Select(distances.NormalizedSurfaceDistance).Should().BeInAscendingOrder().And.OnlyContain(share => share >= 0 && share <= 1);
        distances.NormalizedSurfaceDistance(distances.Hausdorff()).Should().Be(1);
        distances.AverageSymmetric.Should().BeInRange(0, distances.Hausdorff());
    }, iter: 200);

    private static void Same(SurfaceDistances actual, SurfaceDistances expected)
    {
        actual.TargetDistances.ToArray().ShouldMatchWithin(expected.TargetDistances.ToArray(), 1e-12);
        actual.PredictionDistances.ToArray().ShouldMatchWithin(expected.PredictionDistances.ToArray(), 1e-12);
        actual.AverageSymmetric.ShouldBeClose(expected.AverageSymmetric, 1e-12);
        actual.TargetSizes.ToArray().Sum().ShouldBeClose(expected.TargetSizes.ToArray().Sum(), 1e-12);
    }

    /// <summary>The unit of length changes distances alone, up to the limits of what a spacing may be.</summary>
    [Theory]
    [InlineData(1e-60)]
    [InlineData(1e60)]
    public void ScaledSpacing_ScalesDistances(double unit) => MaskPair.NotEmpty.Sample(
        pair =>
        {
            // Spacings of 0.3 to 3 must stay within the limits.
            var factor = unit > 1 ? unit / 3 : unit / 0.3;
            var expected = pair.Distances;
            var scaled = (pair with { Spacing = [.. pair.Spacing.Select(spacing => spacing * factor)] }).Distances;
            (scaled.Hausdorff() / factor).Should().BeApproximately(expected.Hausdorff(), 1e-9);
            (scaled.AverageSymmetric / factor).Should().BeApproximately(expected.AverageSymmetric, 1e-9);
            scaled.NormalizedSurfaceDistance(0.9 * factor).Should().BeApproximately(expected.NormalizedSurfaceDistance(0.9), 1e-9);
        },
        iter: 50);
}
