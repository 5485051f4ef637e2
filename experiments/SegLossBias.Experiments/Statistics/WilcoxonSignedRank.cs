using MathNet.Numerics.Distributions;

namespace SegLossBias.Experiments.Statistics;

/// <summary>Wilcoxon's signed-rank test of paired differences, two-sided: are they symmetric about 0?</summary>
/// <remarks>
/// The differences d that are not 0 are ranked by |d|, ties by their mean rank; W+ and W− are the sums of the ranks of the
/// positive and the negative ones. Up to 49 differences without ties or zeros give the exact probability, more or others
/// the normal approximation with the variance corrected for ties,
/// <code>
/// z = (|W+ − n(n+1)/4| − 1/2) / √(n(n+1)(2n+1)/24 − Σ(t³ − t)/48)      t: sizes of the groups of ties
/// </code>
/// which is what R's <c>wilcox.test</c> does. Wilcoxon, Biometrics Bulletin 1:80 (1945).
/// </remarks>
/// <param name="Pairs">All differences.</param>
/// <param name="Zeros">Those that are 0: dropped, n = Pairs − Zeros.</param>
/// <param name="PositiveRanks">W+.</param>
/// <param name="NegativeRanks">W−.</param>
/// <param name="PValue">0 to 1; 1 if every difference is 0.</param>
/// <param name="IsExact">Whether the probability is exact.</param>
internal sealed record WilcoxonSignedRank(int Pairs, int Zeros, double PositiveRanks, double NegativeRanks, double PValue, bool IsExact)
{
    private const int LargestExact = 49;

    /// <summary>Rank-biserial correlation (W+ − W−) / (W+ + W−), −1 to 1; 0 if every difference is 0.</summary>
    public double Effect => Pairs == Zeros ? 0 : (PositiveRanks - NegativeRanks) / (PositiveRanks + NegativeRanks);

    public static WilcoxonSignedRank Of(IReadOnlyList<double> differences)
    {
        if (!differences.All(double.IsFinite))
        {
            throw new ArgumentException("a difference is not a finite number; leave such pairs out.", nameof(differences));
        }

        var rest = differences.Where(difference => difference != 0).ToArray();
        var ties = rest.GroupBy(Math.Abs).OrderBy(group => group.Key).ToArray();
        var (plus, minus, below) = (0.0, 0.0, 0);
        foreach (var tie in ties)
        {
            var rank = below + ((tie.Count() + 1) / 2.0);
            plus += rank * tie.Count(difference => difference > 0);
            minus += rank * tie.Count(difference => difference < 0);
            below += tie.Count();
        }

        var zeros = differences.Count - rest.Length;
        var isExact = zeros == 0 && ties.Length == rest.Length && rest.Length <= LargestExact;
        var p = isExact ? Exact(rest.Length, (int)Math.Min(plus, minus)) : Approximate(plus, [.. ties.Select(tie => (double)tie.Count())]);
        return new(differences.Count, zeros, plus, minus, p, isExact);
    }

    /// <summary>Twice the share of the 2ⁿ sign patterns whose positive ranks add up to <paramref name="smaller"/> or less.</summary>
    private static double Exact(int n, int smaller)
    {
        var patterns = new double[smaller + 1];
        patterns[0] = 1;
        for (var rank = 1; rank <= n; rank++)
        {
            for (var sum = smaller; sum >= rank; sum--)
            {
                patterns[sum] += patterns[sum - rank];
            }
        }

        return Math.Min(1, 2 * patterns.Sum() / Math.Pow(2, n));
    }

    private static double Approximate(double plus, double[] ties)
    {
        var n = ties.Sum();
        var variance = (n * (n + 1) * ((2 * n) + 1) / 24) - (ties.Sum(t => (t * t * t) - t) / 48);
        var distance = Math.Max(0, Math.Abs(plus - (n * (n + 1) / 4)) - 0.5);
        return n == 0 ? 1 : 2 * Normal.CDF(0, 1, -distance / Math.Sqrt(variance));
    }
}
