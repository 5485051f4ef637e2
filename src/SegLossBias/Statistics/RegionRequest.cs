namespace SegLossBias;

/// <summary>
/// The statistics that one pass gathers, by their place in <see cref="Statistics"/>: any number of all kinds, but one focal
/// sum.
/// </summary>
internal sealed class RegionRequest
{
    internal RegionRequest(IReadOnlyList<RegionStatistic> statistics)
    {
        Statistics = statistics;
        Temperatures = [.. statistics.Select(statistic => statistic.Kind == StatisticKind.PredictedSize ? statistic.Parameter : 0)];
        Overlap = PlaceOf(StatisticKind.Overlap);
        NegativeLogLikelihood = PlaceOf(StatisticKind.NegativeLogLikelihood);
        NegativeLogEverywhere = PlaceOf(StatisticKind.NegativeLogEverywhere);
        SoftmaxFocal = PlaceOf(StatisticKind.SoftmaxFocal);
        OneVsRestFocal = PlaceOf(StatisticKind.OneVsRestFocal);
        IsBasic = statistics.All(statistic => statistic.IsBasic);
    }

    internal IReadOnlyList<RegionStatistic> Statistics { get; }

    /// <summary>τ at the places of predicted sizes, else 0.</summary>
    internal double[] Temperatures { get; }

    /// <summary>The place of the overlap, or -1; likewise below.</summary>
    internal int Overlap { get; }

    internal int NegativeLogLikelihood { get; }

    internal int NegativeLogEverywhere { get; }

    internal int SoftmaxFocal { get; }

    internal int OneVsRestFocal { get; }

    /// <summary>Whether all are among the six that the kernels of hard labels gather.</summary>
    internal bool IsBasic { get; }

    /// <summary>Splits statistics into as few passes as will gather them, nearly always one.</summary>
    internal static IReadOnlyList<RegionRequest> For(IEnumerable<RegionStatistic> statistics)
    {
        var passes = new List<List<RegionStatistic>>();
        foreach (var statistic in statistics.Distinct())
        {
            var pass = passes.Find(pass => !IsFocal(statistic) || !pass.Exists(IsFocal));
            if (pass is null)
            {
                passes.Add(pass = []);
            }

            pass.Add(statistic);
        }

        return passes.Count == 0 ? [new RegionRequest([])] : [.. passes.Select(pass => new RegionRequest(pass))];
    }

    private static bool IsFocal(RegionStatistic statistic) => statistic.Kind is StatisticKind.SoftmaxFocal or StatisticKind.OneVsRestFocal;

    internal int PlaceOf(RegionStatistic statistic)
    {
        for (var place = 0; place < Statistics.Count; place++)
        {
            if (Statistics[place] == statistic)
            {
                return place;
            }
        }

        throw new InvalidOperationException($"{statistic} was not asked for.");
    }

    private int PlaceOf(StatisticKind kind)
    {
        for (var place = 0; place < Statistics.Count; place++)
        {
            if (Statistics[place].Kind == kind)
            {
                return place;
            }
        }

        return -1;
    }
}
