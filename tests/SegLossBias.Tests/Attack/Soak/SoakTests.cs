namespace SegLossBias.Tests.Attack.Soak;

/// <summary>A short run, and a proof that the verdict sees growth. <c>./build.sh soak</c> runs longer.</summary>
[Collection(nameof(Alone))]
public class SoakTests
{
    [Fact]
    public void SomeHundredSteps_LeaveNothing()
    {
        using var soak = new SoakRun(300, TimeSpan.FromMinutes(5), threads: 4);
        var samples = soak.Run();
        soak.Problems.Should().BeEmpty();
        soak.HandlesLeft.Should().Be(0);
        samples[^1].Steps.Should().Be(300);
    }

    [Theory]
    [InlineData(0, 0, 0, true)]
    [InlineData(2, 0, 0, false)]
    [InlineData(0, 1, 0, false)]
    [InlineData(0, 0, 1, false)]
    public void Verdict_SeesGrowth(double process, double managed, long left, bool isGood)
    {
        var random = new Random(1);
        SoakSample[] samples = [.. Enumerable.Range(0, 200).Select(i => new SoakSample(i, i * 500, 400 + (30 * random.NextDouble()) + (process * i * 0.5), 10 + random.NextDouble() + (managed * i * 0.5), 50))];
        SoakVerdict.Of(samples, left, []).IsGood.Should().Be(isGood);
        SoakVerdict.Of(samples, left, ["failed"]).IsGood.Should().BeFalse();
    }
}
