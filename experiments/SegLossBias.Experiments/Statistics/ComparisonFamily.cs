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
    /// <summary>Every other loss against the first, and all pairs where these are more; after the last epoch, then after the best.</summary>
    public static IReadOnlyList<ComparisonFamily> Of(MeasuredSet set) =>
        [.. Of(set, set.Losses, "", ""), .. Of(set, set.BestEpochs, ", best epoch", "_best")];

    private static IEnumerable<ComparisonFamily> Of(MeasuredSet set, IReadOnlyList<LossScores> losses, string when, string suffix)
    {
        if (losses.Count == 0)
        {
            return [];
        }

        var reference = losses[0];
        (LossScores, LossScores)[] withReference = [.. losses.Skip(1).Select(loss => (loss, reference))];
        (LossScores, LossScores)[] all = [.. losses.SelectMany((against, i) => losses.Skip(i + 1).Select(loss => (loss, against)))];
        ComparisonFamily[] families =
        [
            Of(set, "reference" + suffix, $"{set.Name} set{when}, against {reference.Loss.Label}", withReference),
            Of(set, "pairs" + suffix, $"{set.Name} set{when}, all pairs", all.Length > withReference.Length ? all : []),
        ];
        return families.Where(family => family.Comparisons.Count > 0);
    }

    private static ComparisonFamily Of(MeasuredSet set, string name, string title, (LossScores Loss, LossScores Against)[] pairs)
    {
        var comparisons = LossComparison.Of(pairs);
        return new(set.Name, name, title, comparisons, set.IsGrouped, pairs.Length - comparisons.Count);
    }
}
