namespace SegLossBias.Tests.Metrics;

/// <summary>Comparison of metrics, which may be NaN or infinite.</summary>
internal static class MetricAssertions
{
    internal static void ShouldBeMetric(this double actual, double expected, double tolerance = 1e-9, string because = "")
    {
        if (double.IsFinite(expected))
        {
            actual.ShouldBeClose(expected, tolerance, because);
        }
        else
        {
            actual.Should().Be(expected, because);
        }
    }

    internal static void ShouldMatchWithin(this IReadOnlyList<double> actual, IReadOnlyList<double> expected, double tolerance = 1e-9)
    {
        actual.Count.Should().Be(expected.Count);
        for (var i = 0; i < actual.Count; i++)
        {
            actual[i].ShouldBeMetric(expected[i], tolerance, $"entry {i}");
        }
    }
}
