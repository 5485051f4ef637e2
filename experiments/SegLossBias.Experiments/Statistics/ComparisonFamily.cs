namespace SegLossBias.Experiments.Statistics;

/// <summary>Comparisons that are made, and corrected, together.</summary>
/// <param name="Set">The set of cases, by name.</param>
/// <param name="Name">A word for files.</param>
/// <param name="Title">What is compared, for the reader.</param>
/// <param name="Comparisons">One or more.</param>
/// <param name="IsGrouped">Whether cases of one group counted as one.</param>
/// <param name="LeftOut">Pairs that could not be compared.</param>
internal sealed record ComparisonFamily(string Set, string Name, string Title, IReadOnlyList<LossComparison> Comparisons, bool IsGrouped, int LeftOut)
{
    /// <summary>Every other loss against the first, and all pairs where these are more.</summary>
    public static IReadOnlyList<ComparisonFamily> Of(MeasuredSet set)
    {
        var reference = set.Losses[0];
        (LossScores, LossScores)[] withReference = [.. set.Losses.Skip(1).Select(loss => (loss, reference))];
        (LossScores, LossScores)[] all = [.. set.Losses.SelectMany((against, i) => set.Losses.Skip(i + 1).Select(loss => (loss, against)))];
        ComparisonFamily[] families =
        [
            Of(set, "reference", $"{set.Name} set, against {reference.Loss.Label}", withReference),
            Of(set, "pairs", $"{set.Name} set, all pairs", all.Length > withReference.Length ? all : []),
        ];
        return [.. families.Where(family => family.Comparisons.Count > 0)];
    }

    private static ComparisonFamily Of(MeasuredSet set, string name, string title, (LossScores Loss, LossScores Against)[] pairs)
    {
        var comparisons = LossComparison.Of(pairs);
        return new(set.Name, name, title, comparisons, set.IsGrouped, pairs.Length - comparisons.Count);
    }
}
