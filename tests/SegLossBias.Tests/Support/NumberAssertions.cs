namespace SegLossBias.Tests.Support;

/// <summary>Comparison of numbers that says which one is off, and by how much.</summary>
internal static class NumberAssertions
{
    /// <summary>|actual − expected| ≤ tolerance · max(1, |expected|).</summary>
    internal static void ShouldBeClose(this double actual, double expected, double tolerance, string because = "") =>
        (Math.Abs(actual - expected) <= tolerance * Math.Max(1, Math.Abs(expected)))
            .Should().BeTrue($"{actual:R} should be {expected:R} within {tolerance:R} {because}");

    /// <summary>|actual − expected| ≤ tolerance · |expected|, with a floor for values that vanish: that of 1e-3.</summary>
    internal static void ShouldBeRelativelyClose(this double actual, double expected, double tolerance, string because = "") =>
        actual.Should().BeInRange(
            expected - (tolerance * Math.Max(1e-3, Math.Abs(expected))),
            expected + (tolerance * Math.Max(1e-3, Math.Abs(expected))),
            because);

    /// <summary>Every entry within tolerance of the largest expected entry (at least 1e-3, so that vanishing gradients compare absolutely).</summary>
    internal static void ShouldBeClose(this IReadOnlyList<double> actual, IReadOnlyList<double> expected, double tolerance, string because = "")
    {
        actual.Count.Should().Be(expected.Count, because);
        var scale = Math.Max(1e-3, expected.Count == 0 ? 0 : expected.Max(Math.Abs));
        for (var i = 0; i < actual.Count; i++)
        {
            (Math.Abs(actual[i] - expected[i]) <= tolerance * scale)
                .Should().BeTrue($"entry {i}, {actual[i]:R}, should be {expected[i]:R} within {tolerance:R} of {scale:R} {because}");
        }
    }

    /// <summary>Every entry within tolerance of the largest expected entry, however small that is, or of the floor given.</summary>
    internal static void ShouldBeCloseToLargest(this IReadOnlyList<double> actual, IReadOnlyList<double> expected, double tolerance, string because = "", double floor = 0)
    {
        actual.Count.Should().Be(expected.Count, because);
        var scale = Math.Max(floor, expected.Count == 0 ? 0 : expected.Max(Math.Abs));
        for (var i = 0; i < actual.Count; i++)
        {
            if (!(Math.Abs(actual[i] - expected[i]) <= tolerance * scale))
            {
                Assert.Fail($"entry {i}, {actual[i]:R}, should be {expected[i]:R} within {tolerance:R} of {scale:R} {because}");
            }
        }
    }

    /// <summary>Every entry within tolerance of itself, absolutely below 1; or of the magnitudes given.</summary>
    internal static void ShouldAllBeClose(this IReadOnlyList<double> actual, IReadOnlyList<double> expected, double tolerance, string because = "", IReadOnlyList<double>? magnitudes = null)
    {
        actual.Count.Should().Be(expected.Count, because);
        for (var i = 0; i < actual.Count; i++)
        {
            if (!(Math.Abs(actual[i] - expected[i]) <= tolerance * Math.Max(1, Math.Abs((magnitudes ?? expected)[i]))))
            {
                Assert.Fail($"entry {i}, {actual[i]:R}, should be {expected[i]:R} within {tolerance:R} {because}");
            }
        }
    }
}
