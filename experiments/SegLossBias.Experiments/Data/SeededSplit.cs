namespace SegLossBias.Experiments.Data;

/// <summary>Holds out shares of the cases for validation and test, drawn by seed; cases of one group, for example of one patient, stay together.</summary>
internal static class SeededSplit
{
    /// <summary>Depends on the names and the seed alone, not on the order of the cases.</summary>
    public static (List<T> Train, List<T> Validation, List<T> Test) Split<T>(
        IReadOnlyList<T> cases, Func<T, string> nameOf, Func<string, string> groupOf, SplitShares shares, int seed)
    {
        var groups = cases.OrderBy(nameOf, StringComparer.Ordinal)
            .GroupBy(item => groupOf(nameOf(item))).OrderBy(group => group.Key, StringComparer.Ordinal).ToArray();
        new Random(seed).Shuffle(groups);
        var (train, validation, test) = (new List<T>(), new List<T>(), new List<T>());
        foreach (var group in groups)
        {
            var part = validation.Count < shares.Validation * cases.Count ? validation
                : test.Count < shares.Test * cases.Count ? test
                : train;
            part.AddRange(group);
        }

        return (train, validation, test);
    }

    /// <summary>How the split was made, for the reader of the results.</summary>
    public static string Describe(string what, SplitShares shares, bool grouped, int seed) => FormattableString.Invariant(
        $"a seeded {100 * shares.Validation:0.#} % of {what} held out for validation{(shares.Test > 0 ? FormattableString.Invariant($" and {100 * shares.Test:0.#} % for the test") : "")}{(grouped ? ", groups kept together" : "")} (seed {seed})");
}
