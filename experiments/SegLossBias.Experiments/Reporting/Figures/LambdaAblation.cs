namespace SegLossBias.Experiments.Reporting;

/// <summary>DSC of one loss at several λ.</summary>
/// <param name="Family">The loss without λ.</param>
/// <param name="Style">How it is drawn: as the λ in its middle.</param>
/// <param name="Points">λ in ascending order, each with the DSC of its runs, 0 to 1.</param>
internal sealed record LambdaAblation(LossSpec Family, LossStyle Style, IReadOnlyList<(double Lambda, Band Dice)> Points)
{
    /// <summary>The losses of an experiment that have results at two or more λ above 0 (a log scale has no zero).</summary>
    public static IReadOnlyList<LambdaAblation> Of(IReadOnlyList<LossSeries> losses) =>
        [.. losses.Select(series => (series, lambda: Lambda(series.Loss))).Where(pair => pair.lambda > 0)
            .GroupBy(pair => pair.series.Loss with { Lambda = null })
            .Select(family => new LambdaAblation(family.Key, family.ElementAt(family.Count() / 2).series.Style,
                [.. family.GroupBy(pair => pair.lambda!.Value, pair => pair.series).OrderBy(same => same.Key)
                    .Select(same => (same.Key, Band.Of([.. same.SelectMany(series => series.Runs).Select(CaseDice.Of)])))]))
            .Where(family => family.Points.Count > 1)];

    /// <summary>λ of a loss, its own default where none was asked for; null where the loss has none.</summary>
    public static double? Lambda(LossSpec spec)
    {
        if (spec.Lambda is not null)
        {
            return spec.Lambda;
        }

        using var loss = spec.Create();
        return loss.Terms.Count > 1 ? loss.Terms[1].Lambda.At(0) : null;
    }
}
