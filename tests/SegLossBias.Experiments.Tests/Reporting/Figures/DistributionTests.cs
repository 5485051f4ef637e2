using CsCheck;

namespace SegLossBias.Experiments.Tests.Reporting.Figures;

public class DistributionTests
{
    private static readonly Gen<double[]> Samples = Gen.Double[0, 100].Array[1, 60];

    [Theory]
    [InlineData(new[] { 5.0, 1, 3, 2, 4 }, 2, 3, 4)]
    [InlineData(new[] { 1.0, 2, 3, 4 }, 1.75, 2.5, 3.25)]
    [InlineData(new[] { 7.0 }, 7, 7, 7)]
    public void Quartiles_AreThoseOfLinearInterpolation(double[] values, double lower, double median, double upper)
    {
        var distribution = new Distribution(values);
        new[] { distribution.Quantile(0.25), distribution.Median, distribution.Quantile(0.75) }.Should().Equal(lower, median, upper);
    }

    [Fact]
    public void HalfOfTheNumbers_LieOnEachSideOfTheMedian() => Samples.Sample(values =>
    {
        var median = new Distribution(values).Median;
        (2 * values.Count(value => value < median)).Should().BeLessThanOrEqualTo(values.Length);
        (2 * values.Count(value => value > median)).Should().BeLessThanOrEqualTo(values.Length);
    }, iter: 300);

    [Fact]
    public void Density_IsASumOfGaussBells() => Samples.Sample(values =>
    {
        const double Width = 50; // Wider than the rule ever asks for on 0 to 100, so that it is the width in force.
        foreach (var (at, density) in new Distribution(values).Density(5, Width))
        {
            var sum = 0.0;
            foreach (var value in values)
            {
                sum += Math.Exp(-(at - value) * (at - value) / (2 * Width * Width)) / Math.Sqrt(2 * Math.PI * Width * Width);
            }

            density.Should().BeApproximately(sum / values.Length, 1e-12);
        }
    }, iter: 100);

    [Fact]
    public void Density_OfManyNumbers_HasAnAreaOfAboutOneAndPeaksWhereTheyLie()
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, 400).Select(_ => 60 + (30 * (random.NextDouble() + random.NextDouble() - 1))).ToArray();
        var density = new Distribution(values).Density(500, 0.5);
        var step = (density[^1].Value - density[0].Value) / 499;
        density.Sum(point => point.Density * step).Should().BeInRange(0.97, 1.001);
        density.MaxBy(point => point.Density).Value.Should().BeInRange(52, 68);
    }

    [Fact]
    public void Spread_OfOneNumber_HasNoDeviation() => Band.Of([3]).Should().Be(new Band(3, 0, 3, 3));

    [Fact]
    public void Spread_IsThatOfASample() => Band.Of([2, 4, 4, 4, 5, 5, 7, 9]).Should().Be(new Band(5, Math.Sqrt(32 / 7.0), 2, 9));
}
