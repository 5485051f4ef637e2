using CsCheck;

namespace SegLossBias.Experiments.Tests.Statistics;

public class WilcoxonSignedRankTests
{
    private static readonly Gen<double[]> Distinct = Gen.Int[1, 400].Array[1, 10].Where(sizes => sizes.Distinct().Count() == sizes.Length)
        .SelectMany(sizes => Gen.Bool.Array[sizes.Length], (sizes, signs) => sizes.Zip(signs, (size, positive) => positive ? (double)size : -size).ToArray());

    private static readonly Gen<double[]> WithTiesAndZeros = Gen.Int[-6, 6].Array[1, 30].Select(values => values.Select(value => (double)value).ToArray());

    /// <summary>Hamilton depression scale, Hollander and Wolfe (1973), p. 29: in R's help of wilcox.test V = 40 and p = 0.01953 one-sided.</summary>
    [Fact]
    public void DepressionScale_AsInR()
    {
        double[] before = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30];
        double[] after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
        var test = WilcoxonSignedRank.Of([.. before.Zip(after, (x, y) => x - y)]);
        test.Should().BeEquivalentTo(new { Pairs = 9, Zeros = 0, PositiveRanks = 40.0, NegativeRanks = 5.0, IsExact = true });
        test.PValue.Should().Be(2 * 10.0 / 512);
        test.Effect.Should().BeApproximately(35.0 / 45, 1e-15);
    }

    /// <summary>Darwin's heights of maize, as in SciPy's documentation of scipy.stats.wilcoxon: statistic 24, p = 0.041259765625.</summary>
    [Fact]
    public void DarwinsMaize_AsInSciPy()
    {
        var test = WilcoxonSignedRank.Of([6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75]);
        test.NegativeRanks.Should().Be(24);
        test.PValue.Should().Be(0.041259765625);
    }

    /// <summary>R: wilcox.test(rep(0.1, 10), exact = FALSE, correct = TRUE), as cited in SciPy's tests.</summary>
    [Fact]
    public void NothingButTies_AsInR()
    {
        var test = WilcoxonSignedRank.Of([.. Enumerable.Repeat(0.1, 10)]);
        test.PValue.Should().BeApproximately(0.001904195, 5e-10);
        (test.IsExact, test.Effect).Should().Be((false, 1));
    }

    [Fact]
    public void WithoutTies_EverySignPatternIsCounted() => Distinct.Sample(differences =>
    {
        var test = WilcoxonSignedRank.Of(differences);
        var ranks = differences.Select(d => differences.Count(other => Math.Abs(other) <= Math.Abs(d))).ToArray();
        var centre = ranks.Sum() / 2.0;
        var patterns = Enumerable.Range(0, 1 << ranks.Length).Select(pattern => ranks.Where((_, bit) => ((pattern >> bit) & 1) == 1).Sum()).ToArray();
        var asFar = patterns.Count(sum => Math.Abs(sum - centre) >= Math.Abs(test.PositiveRanks - centre));
        test.PositiveRanks.Should().Be(ranks.Where((_, i) => differences[i] > 0).Sum());
        test.PValue.Should().BeApproximately((double)asFar / patterns.Length, 1e-12);
        test.IsExact.Should().Be(true);
    }, iter: 60);

    [Fact]
    public void FiftyOne_AreApproximatedCloseToTheExactDistribution()
    {
        double[] differences = [.. Enumerable.Range(1, 51).Select(i => i % 3 == 0 ? -i : (double)i)];
        var test = WilcoxonSignedRank.Of(differences);
        var exactOfFewer = WilcoxonSignedRank.Of(differences[..49]);
        (test.IsExact, exactOfFewer.IsExact).Should().Be((false, true));

        var random = new Random(1);
        const int Draws = 40_000;
        var centre = 51 * 52 / 4.0;
        var asFar = Enumerable.Range(0, Draws).Count(_ =>
            Math.Abs(Enumerable.Range(1, 51).Where(_ => random.Next(2) == 0).Sum() - centre) >= Math.Abs(test.PositiveRanks - centre));
        test.PValue.Should().BeApproximately((double)asFar / Draws, 4 * Math.Sqrt(test.PValue / Draws));
    }

    [Fact]
    public void TheOtherWayRound_TheSameProbability() => WithTiesAndZeros.Sample(differences =>
    {
        var test = WilcoxonSignedRank.Of(differences);
        var swapped = WilcoxonSignedRank.Of([.. differences.Select(d => -d)]);
        swapped.PValue.Should().BeApproximately(test.PValue, 1e-14);
        swapped.Effect.Should().BeApproximately(-test.Effect, 1e-14);
        (swapped.PositiveRanks, swapped.NegativeRanks).Should().Be((test.NegativeRanks, test.PositiveRanks));
        var n = test.Pairs - test.Zeros;
        (test.PositiveRanks + test.NegativeRanks).Should().Be(n * (n + 1) / 2.0);
        test.PValue.Should().BeInRange(0, 1);
    });

    [Fact]
    public void OnlyOrderAndSignsMatter() => WithTiesAndZeros.Sample(differences =>
        WilcoxonSignedRank.Of([.. differences.Reverse().Select(d => d * d * d / 7)]).Should().Be(WilcoxonSignedRank.Of(differences)));

    [Fact]
    public void Zeros_AreCountedAndDropped()
    {
        var test = WilcoxonSignedRank.Of([0, 1, 0, -2, 3]);
        (test.Pairs, test.Zeros, test.PositiveRanks, test.NegativeRanks, test.IsExact).Should().Be((5, 2, 4, 2, false));
        WilcoxonSignedRank.Of([0, 0]).Should().Be(new WilcoxonSignedRank(2, 2, 0, 0, 1, false));
    }

    [Fact]
    public void NoDifferences_SayNothing() => WilcoxonSignedRank.Of([]).PValue.Should().Be(1);

    [Fact]
    public void NoNumber_IsRefused()
    {
        var test = () => WilcoxonSignedRank.Of([1, double.NaN]);
        test.Should().Throw<ArgumentException>().WithMessage("*not a finite number*");
    }
}
