using CsCheck;

namespace SegLossBias.Experiments.Tests.Data.Volumes;

public class WindowsTests
{
    private static readonly Gen<(int Extent, int Size, double Overlap)> Axes = Gen.Select(Gen.Int[1, 70], Gen.Int[1, 40], Gen.Double[0, 0.95]);

    [Fact]
    public void WeightsOfAllWindows_AddUpToOneAtEveryVoxel() => Axes.Sample(axis =>
    {
        var total = new double[axis.Extent];
        foreach (var window in Windows.Along(axis.Extent, axis.Size, axis.Overlap))
        {
            for (var i = 0; i < window.Weights.Length; i++)
            {
                window.Weights[i].Should().BePositive();
                total[window.From + i] += window.Weights[i];
            }
        }

        total.Should().AllSatisfy(sum => sum.Should().BeApproximately(1, 1e-6));
    });

    [Fact]
    public void WindowsLieInsideOfTheAxis_AndOverlapAsAsked() => Axes.Where(axis => axis.Extent > axis.Size).Sample(axis =>
    {
        var starts = Windows.Along(axis.Extent, axis.Size, axis.Overlap).Select(window => window.Start).ToArray();
        starts[0].Should().Be(0);
        starts[^1].Should().Be(axis.Extent - axis.Size);
        var steps = starts.Zip(starts[1..], (first, second) => second - first);
        steps.Should().AllSatisfy(step => step.Should().BeInRange(1, Math.Max(1, (long)Math.Ceiling(axis.Size * (1 - axis.Overlap)))));
    });

    [Fact]
    public void TheGaussianOfTwoWindows_IsTheClosedForm()
    {
        // Windows of 8 at 0 and 4: σ = 1; voxel 5 lies 1.5 behind the first centre (3.5) and 2.5 before the second (7.5).
        var windows = Windows.Along(12, 8, 0.5);
        windows.Select(window => window.Start).Should().Equal(0, 4);
        var (first, second) = (Math.Exp(-1.5 * 1.5 / 2), Math.Exp(-2.5 * 2.5 / 2));
        windows[0].Weights[5].Should().BeApproximately((float)(first / (first + second)), 1e-6f);
        windows[1].Weights[1].Should().BeApproximately((float)(second / (first + second)), 1e-6f);
    }

    [Theory]
    [InlineData(10, 10, 1)]
    [InlineData(3, 10, 1)]
    [InlineData(15, 10, 2)]
    [InlineData(16, 10, 3)]
    public void AsFewWindowsAsCover(int extent, int size, int count) => Windows.Along(extent, size, 0.5).Should().HaveCount(count);

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    public void AnOverlapOutsideOfItsRange_IsAnError(double overlap)
    {
        var windows = () => Windows.Along(10, 4, overlap);
        windows.Should().Throw<ArgumentOutOfRangeException>();
    }
}
