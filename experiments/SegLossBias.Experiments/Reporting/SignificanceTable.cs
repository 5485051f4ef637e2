using System.Globalization;
using static System.FormattableString;

namespace SegLossBias.Experiments.Reporting;

/// <summary>Paired comparisons of losses, a row each.</summary>
internal static class SignificanceTable
{
    private const double Level = 0.05;

    public static TextTable Of(ComparisonFamily family) => new(
        family.Title, ["loss", "against", "seeds", "n", "zeros", "median difference", "mean difference", "95 % interval", "p", "corrected p", "r"],
        [.. family.Comparisons.Select(Row)],
        [
            .. family.LeftOut == 0 ? (string[])[] : [Invariant($"Left out, without a case of a seed in common: {family.LeftOut} of {family.LeftOut + family.Comparisons.Count} pairs")],
            Invariant($"Wilcoxon's signed-rank test, two-sided, of DSC differences paired by {(family.IsGrouped ? "group of cases" : "case")} (averaged over classes and the seeds that both losses have; without those that either network leaves without a value), in points of DSC %; interval of the mean difference by the bootstrap over the same units, not corrected; ")
            + Invariant($"p corrected after Holm over the {family.Comparisons.Count} comparisons of this table, bold below {Level}; r: rank-biserial correlation, above 0 where the loss is better. ")
            + "A small p says that on these networks one loss does better on most cases, not that another seed or data set would agree; "
            + (family.IsGrouped
                ? "cases of one group (patient, video) were averaged first, since they are not independent."
                : "cases of one patient are not independent, and without groups (--group) they are taken as if they were."),
        ]);

    private static IReadOnlyList<Cell> Row(LossComparison one) =>
    [
        new(one.Loss.Label),
        new(one.Against.Label),
        new(Number(one.Seeds.Count)),
        new(Number(one.Test.Pairs)),
        new(Number(one.Test.Zeros)),
        new(Points(one.MedianDifference)),
        new(Points(one.Difference.Mean)),
        new($"{Points(one.Difference.Low)} to {Points(one.Difference.High)}"),
        new(Probability(one.Test.PValue)),
        new(Probability(one.CorrectedP), one.CorrectedP < Level ? Emphasis.Best : Emphasis.None),
        new(Signed(one.Test.Effect)),
    ];

    private static string Points(double difference) => Signed(100 * difference);

    private static string Signed(double value) => value.ToString("+0.00;−0.00;0.00", CultureInfo.InvariantCulture);

    private static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Probability(double p) => p < 0.001 ? p.ToString("0.0e+0", CultureInfo.InvariantCulture) : p.ToString("0.000", CultureInfo.InvariantCulture);
}
