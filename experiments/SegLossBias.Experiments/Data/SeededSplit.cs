namespace SegLossBias.Experiments.Data;

/// <summary>Holds out a share of the cases for validation, drawn by seed; cases of one group, for example of one patient, stay together.</summary>
internal static class SeededSplit
{
    /// <summary>Share of the cases that validation gets: at least this, as groups are not cut.</summary>
    public const double ValidationShare = 0.2;

    /// <summary>Depends on the names and the seed alone, not on the order of the cases.</summary>
    public static (List<T> Train, List<T> Validation) Split<T>(IReadOnlyList<T> cases, Func<T, string> nameOf, Func<string, string> groupOf, int seed)
    {
        var groups = cases.OrderBy(nameOf, StringComparer.Ordinal)
            .GroupBy(item => groupOf(nameOf(item))).OrderBy(group => group.Key, StringComparer.Ordinal).ToArray();
        new Random(seed).Shuffle(groups);
        var (train, validation) = (new List<T>(), new List<T>());
        foreach (var group in groups)
        {
            (validation.Count < ValidationShare * cases.Count ? validation : train).AddRange(group);
        }

        return (train, validation);
    }

    /// <summary>How the split was made, for the reader of the results.</summary>
    public static string Describe(string what, bool grouped, int seed) => FormattableString.Invariant(
        $"a seeded {100 * ValidationShare:0} % of {what} held out for validation{(grouped ? ", groups kept together" : "")} (seed {seed})");
}
