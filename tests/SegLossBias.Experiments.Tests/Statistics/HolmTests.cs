using CsCheck;

namespace SegLossBias.Experiments.Tests.Statistics;

public class HolmTests
{
    private static readonly Gen<double[]> Values = Gen.Int[0, 40].Select(i => i / 40.0).Array[1, 12];

    /// <summary>R: p.adjust(c(0.04, 0.01, 0.03, 0.02), method = "holm").</summary>
    [Fact]
    public void FourValues_AsInR() => Holm.Correct([0.04, 0.01, 0.03, 0.02]).Should().BeEquivalentTo(
        [0.06, 0.04, 0.06, 0.06], options => options.WithStrictOrdering().Using<double>(c => c.Subject.Should().BeApproximately(c.Expectation, 1e-15)).WhenTypeIs<double>());

    [Fact]
    public void None_GivesNone() => Holm.Correct([]).Should().BeEmpty();

    /// <summary>At each level, Holm rejects in ascending order until the first p(i) above level / (m − i + 1).</summary>
    [Fact]
    public void Rejected_AreThoseOfTheStepDownProcedure() => Gen.Select(Values, Gen.Int[1, 99]).Sample((values, percent) =>
    {
        // Half a thousandth aside, so that no value falls on the level by chance.
        var level = (percent / 100.0) + 0.0005;
        var ascending = values.Order().ToArray();
        var steps = 0;
        while (steps < values.Length && ascending[steps] * (values.Length - steps) <= level)
        {
            steps++;
        }

        Holm.Correct(values).Count(p => p <= level).Should().Be(steps);
    });

    [Fact]
    public void OrderDoesNotMatter_AndNothingFalls() => Values.Sample(values =>
    {
        var corrected = Holm.Correct(values);
        Holm.Correct([.. values.Reverse()]).Should().Equal(corrected.Reverse());
        corrected.Zip(values).Should().AllSatisfy(pair => pair.First.Should().BeInRange(pair.Second, 1));
    });
}
