using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Kernels;

/// <summary>Value and gradient of kernels against plain loops.</summary>
internal static class KernelComparison
{
    /// <param name="input">What to read.</param>
    /// <param name="type">The dtype of the logits.</param>
    /// <param name="kernels">What to compare.</param>
    /// <param name="saturated">
    /// Whether the logits leave most probabilities at 0 and 1. Gradients vanish there, and what is compared is the
    /// error relative to the upstream gradient, which is up to 2: a floor of 1, where 0.5 was enough for hundreds of
    /// random scenes. Otherwise the gradients of several statistics, of order 1 each, are added in float32 and may cancel
    /// in a scene of few pixels; the error is relative to the terms, 0.1 for each statistic at least. For float32 that
    /// allows 2e-7 a statistic, less than two units in the last place of an upstream gradient. Where pixels weigh more than 1, or
    /// numbers of a map are larger, the terms are larger by as much; they cancel in p − y of soft labels, too. The sum of a map is
    /// as exact as the sum of its absolute values.
    /// </param>
    internal static void Check(KernelInput input, ScalarType type, IEnumerable<RegionKernel> kernels, bool saturated = false)
    {
        var expected = input.Oracle.Values();
        var upstream = input.Upstream(seed: 7);
        var expectedGradient = input.Oracle.Gradient(upstream);
        var magnitudes = input.Magnitudes();
        var floor = Floor(input, saturated);
        foreach (var kernel in kernels)
        {
            var because = $"{kernel.Name}, {type}, {input.Job.Mode}, K={input.Job.Channels}, {input.Job.Images} images of {input.Job.Pixels} pixels, [{string.Join(", ", input.Job.Request.Statistics)}]";
            var results = input.Forward(kernel, out var isGood);
            isGood.Should().BeTrue(because);
            results.ShouldAllBeClose(expected, Tolerance.Statistic(type), because, magnitudes);
            input.Gradient(kernel, upstream).ShouldBeCloseToLargest(expectedGradient, Tolerance.StoredGradient(type), because, floor: floor);
        }
    }

    /// <summary>What an error of the gradient is relative to at least.</summary>
    internal static double Floor(KernelInput input, bool saturated = false)
    {
        var (scene, statistics) = (input.Scene, input.Job.Request.Statistics);
        var map = statistics.Any(statistic => statistic.Map is not null) ? scene.Maps.Values.SelectMany(map => map).Where(double.IsFinite).Max(Math.Abs) : 1;
        return Math.Max(1, scene.Weights?.Max() ?? 1) * Math.Max(1, map) * (saturated ? 1 : 0.1 * Math.Max(1, statistics.Count));
    }
}
