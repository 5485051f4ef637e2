using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Kernels;

/// <summary>
/// A predicted size whose powers are products of those with τ = 1. Pixels are all alike, so that no rounding error averages
/// out, and the logits go in small steps from undecided to sure. Classes are few, so that no sum over them hides the powers.
/// </summary>
[Trait("Runs", "OnEveryInstructionSet")]
public class WholeTemperatureTests
{
    private const int Pixels = 64;
    private const int Steps = 120;

    /// <summary>Up to here the probability of the other classes is above e^-14, a millionth.</summary>
    private const double LargestExponent = 14;

    private static readonly (SegmentationMode Mode, int Channels)[] Modes =
    [
        (SegmentationMode.Multiclass, 2),
        (SegmentationMode.Multiclass, 3),
        (SegmentationMode.Multiclass, 5),
        (SegmentationMode.Binary, 1),
        (SegmentationMode.Multilabel, 2),
    ];

    public static TheoryData<int> Temperatures => [.. Enumerable.Range(2, 9)];

    [Theory]
    [MemberData(nameof(Temperatures))]
    public void SizesAndGradient_KeepTheirDigits(int temperature)
    {
        foreach (var (mode, classes) in Modes)
        {
            for (var step = 0; step <= Steps; step++)
            {
                var margin = LargestExponent / temperature * step / Steps;
                using var input = new KernelInput(Alike(mode, classes, margin), null, [RegionStatistic.NegativeLogLikelihood, RegionStatistic.PredictedSize(temperature)]);
                var (expected, upstream) = (input.Oracle.Values(), OfSizes(input, seed: step));

                // The gradient is τ q (u − mean) with upstream gradients u of order 1, which is the floor: where one class has nearly
                // everything, the difference is small and keeps the rounding of the mean.
                var expectedGradient = input.Oracle.Gradient(upstream);
                foreach (var kernel in KernelTable.All(ScalarType.Float32))
                {
                    var because = $"{kernel.Name}, τ {temperature}, {mode}, {classes} channels, margin {margin:R}";
                    var results = input.Forward(kernel, out _);
                    for (var k = 0; k < classes; k++)
                    {
                        var at = input.Oracle.At(0, 1, false, k);
                        Math.Abs(results[at] - expected[at]).Should().BeLessThanOrEqualTo(Tolerance.Float32Value * Pixels, because);
                    }

                    input.Gradient(kernel, upstream).ShouldBeCloseToLargest(expectedGradient, Tolerance.Float32Gradient, because, floor: temperature);
                }
            }
        }
    }

    /// <summary>Logits far apart: the products vanish where the powers do, and nothing becomes NaN or subnormal.</summary>
    [Theory]
    [MemberData(nameof(Temperatures))]
    public void FarLogits_HaveNoSize(int temperature)
    {
        foreach (var margin in (double[])[69.0 / temperature, 70.0 / temperature, 88, 1e4, 1e30])
        {
            using var input = new KernelInput(Alike(SegmentationMode.Multiclass, 3, margin), null, [RegionStatistic.NegativeLogLikelihood, RegionStatistic.PredictedSize(temperature)]);
            foreach (var kernel in KernelTable.All(ScalarType.Float32))
            {
                var size = input.Forward(kernel, out _)[input.Oracle.At(0, 1, false, 2)];
                (size == 0 || size > 1e-32).Should().BeTrue($"{kernel.Name}: {size}");
                input.Gradient(kernel, input.Upstream(1)).Should().OnlyContain(g => double.IsFinite(g));
            }
        }
    }

    /// <summary>The first class is right everywhere by the margin, the second one by half of it.</summary>
    private static Scene Alike(SegmentationMode mode, int channels, double margin) => new(
        mode,
        [1, channels, Pixels],
        [.. Enumerable.Range(0, channels * Pixels).Select(i => i < Pixels ? margin : i < 2 * Pixels ? margin / 2 : 0)],
        new long[Pixels * (mode == SegmentationMode.Multilabel ? channels : 1)]);

    /// <summary>Upstream gradients of the sizes alone: beside that of the likelihood theirs could hide.</summary>
    private static double[] OfSizes(KernelInput input, int seed)
    {
        var upstream = input.Upstream(seed);
        upstream.AsSpan(0, 2 * input.Job.Channels).Clear();
        return upstream;
    }
}
