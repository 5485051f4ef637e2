namespace SegLossBias.Tests.Support;

/// <summary>
/// Equality in exact arithmetic: what is left is rounding, 1e-12 in float64. Entries are compared one by one and, below
/// 1, absolutely, since an identity may well say that a gradient is 0.
/// </summary>
internal static class IdentityAssertions
{
    internal static void ShouldMatch(this double actual, double expected, string because = "") =>
        actual.ShouldBeClose(expected, Tolerance.Identity, because);

    internal static void ShouldMatch(this IReadOnlyList<double> actual, IReadOnlyList<double> expected, string because = "")
    {
        actual.Count.Should().Be(expected.Count, because);
        for (var i = 0; i < actual.Count; i++)
        {
            actual[i].ShouldBeClose(expected[i], Tolerance.Identity, $"{because}, entry {i}");
        }
    }
}
