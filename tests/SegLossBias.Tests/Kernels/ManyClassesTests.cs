using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Kernels;

/// <summary>
/// Sums over many classes. Where pixels and classes are all alike, every addition is rounded the same way; sums one class after
/// the other were off by 9e-6 with 150 classes.
/// </summary>
public class ManyClassesTests
{
    private const int Pixels = 32;
    private const int Steps = 15;

    /// <summary>From undecided to a probability of the other classes together of about K e^-14.</summary>
    private const double LargestExponent = 14;

    [Theory]
    [InlineData(24)]
    [InlineData(25)]
    [InlineData(150)]
    [InlineData(200)]
    public void SizesAndGradient_KeepTheirDigits(int classes)
    {
        foreach (var temperature in (double[])[1, 10, 2.5])
        {
            foreach (var isWithLikelihood in (bool[])[false, true])
            {
                for (var step = 0; step <= Steps; step++)
                {
                    var margin = LargestExponent / temperature * step / Steps;
                    var scene = new Scene(
                        SegmentationMode.Multiclass,
                        [1, classes, Pixels],
                        [.. Enumerable.Range(0, classes * Pixels).Select(i => i < Pixels ? margin : 0)],
                        new long[Pixels]);
                    RegionStatistic[] statistics = [RegionStatistic.PredictedSize(temperature), .. isWithLikelihood ? [RegionStatistic.NegativeLogLikelihood] : (RegionStatistic[])[]];
                    using var input = new KernelInput(scene, null, statistics);
                    Check(input, temperature, $"K={classes}, margin {margin:R}, [{string.Join(", ", statistics)}]");
                }
            }
        }
    }

    /// <summary>
    /// The gradient of a whole loss in float32 against the same in float64. That of KL was off by 5.3e-6 of its largest entry: its
    /// upstream gradients are all about −1, and what counts are their differences.
    /// </summary>
    [Theory]
    [InlineData("KL", 128, 1)]
    [InlineData("KL", 64, 20)]
    [InlineData("RCE(KL)", 64, 1)]
    [InlineData("RCE(KL)", 64, 20)]
    [InlineData("RCE(L1)", 64, 5)]
    [InlineData("DB", 64, 5)]
    public void GradientOfALoss_KeepsItsPromise(string name, int side, double spread)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name);
        using var generator = new Generator(1);
        var logits = (randn([2, 150, side, side], generator: generator) * spread).detach();
        var target = randint(0, 150, [2, side, side], ScalarType.Int64, generator: generator);
        var (value, gradient) = Evaluation.Scalar(loss, logits, target);
        var (expected, expectedGradient) = Evaluation.Scalar(loss, logits.to(ScalarType.Float64), target);
        Math.Abs(value - expected).Should().BeLessThanOrEqualTo(Tolerance.Float32Value * Math.Max(1, Math.Abs(expected)));
        gradient.ShouldBeCloseToLargest(expectedGradient, Tolerance.Float32Gradient, name);
    }

    private static void Check(KernelInput input, double temperature, string because)
    {
        var (expected, upstream) = (input.Oracle.Values(), input.Upstream(seed: 5));

        // Of the sizes alone: beside the gradient of the likelihood theirs could hide.
        upstream.AsSpan(2 * input.Job.Channels).Clear();
        var expectedGradient = input.Oracle.Gradient(upstream);
        foreach (var kernel in KernelTable.All(ScalarType.Float32))
        {
            var results = input.Forward(kernel, out _);
            for (var k = 0; k < input.Job.Channels; k++)
            {
                Math.Abs(results[k] - expected[k]).Should().BeLessThanOrEqualTo(Tolerance.Float32Value * Pixels, $"{kernel.Name}, {because}");
            }

            // The gradient is τ q (u − mean) with upstream gradients u of order 1, which is the floor.
            input.Gradient(kernel, upstream).ShouldBeCloseToLargest(expectedGradient, Tolerance.Float32Gradient, $"{kernel.Name}, {because}", floor: temperature);
        }
    }
}
