using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Kernels;

/// <summary>
/// Pixels decided beyond doubt, as a trained network makes them: their probabilities are 0 and 1 to the last place, and
/// the gradient of a predicted size vanishes, as it does for composed tensor operations, whatever comes from upstream.
/// </summary>
public class SaturatedPixelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public void SizesOfSaturatedPixels_HaveNoGradient(double temperature)
    {
        var scene = new Scene(SegmentationMode.Multiclass, [1, 3, 8], [.. new double[8], .. Enumerable.Repeat(200.0, 8), .. new double[8]], new long[8]);
        using var input = new KernelInput(scene, null, [RegionStatistic.PredictedSize(temperature)]);
        foreach (var kernel in KernelTable.All(ScalarType.Float32))
        {
            for (var seed = 0; seed < 20; seed++)
            {
                input.Gradient(kernel, input.Upstream(seed)).Should().OnlyContain(g => Math.Abs(g) < 1e-12, kernel.Name);
            }
        }
    }
}
