namespace SegLossBias.Tests.Goldens;

/// <summary>Comparison with golden numbers, which may be infinite or NaN.</summary>
internal static class GoldenAssertions
{
    /// <summary>|actual − expected| ≤ tolerance · max(|expected|, size, 1e-3).</summary>
    /// <param name="actual">The library's number.</param>
    /// <param name="expected">The file's.</param>
    /// <param name="tolerance">Relative.</param>
    /// <param name="size">See <see cref="SummandSize"/>; 0 in float64.</param>
    /// <param name="because">What is compared.</param>
    internal static void ShouldBeGolden(this double actual, double expected, double tolerance, double size = 0, string because = "")
    {
        if (!double.IsFinite(expected))
        {
            actual.Should().Be(expected, because);
            return;
        }

        var scale = Math.Max(Math.Max(1e-3, size), Math.Abs(expected));
        (Math.Abs(actual - expected) <= tolerance * scale).Should().BeTrue($"{actual:R} should be {expected:R} within {tolerance:R} of {scale:R}, {because}");
    }
}
