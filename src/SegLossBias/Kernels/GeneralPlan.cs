namespace SegLossBias;

/// <summary>
/// How the statistics of soft labels, weights, maps and of other kinds than the six basic ones are gathered. Sizes, overlap and
/// negative log-likelihood, which nearly every loss wants, have loops of their own; the others are terms, gathered one after the
/// other from rows of p, 1 − p and −log p.
/// </summary>
internal sealed class GeneralPlan
{
    internal GeneralPlan(RegionJob job)
    {
        IsSoft = job.Soft is not null;
        var isExclusive = job.Mode == KernelMode.Softmax;
        var (byLabel, byRow, confusion) = (new List<GeneralTerm>(), new List<GeneralTerm>(), new List<GeneralTerm>());
        for (var place = 0; place < job.Request.Statistics.Count; place++)
        {
            var statistic = job.Request.Statistics[place];
            var map = statistic.Kind == StatisticKind.MapSum ? job.Maps[statistic.Map!] : (PixelView?)null;
            var term = new GeneralTerm(statistic.Kind, place, new PixelShape(statistic, job.Channels), map, statistic.Kind == StatisticKind.Confusion ? statistic.TrueClass : 0);
            if (statistic.Kind == StatisticKind.OneVsRestFocal && isExclusive)
            {
                OneVsRest = term;
            }
            else if (isExclusive && !IsSoft && statistic.Kind == StatisticKind.Confusion)
            {
                confusion.Add(term);
            }
            else if (isExclusive && !IsSoft && ReadsTrueClassAlone(statistic.Kind))
            {
                byLabel.Add(term);
            }
            else if (statistic.Kind is not (StatisticKind.PredictedSize or StatisticKind.Overlap or StatisticKind.NegativeLogLikelihood))
            {
                byRow.Add(term);
            }
        }

        (ByLabel, ByRow, Confusion, Maps) = ([.. byLabel], [.. byRow], [.. confusion], [.. job.Maps.Values]);
        var hasRows = byRow.Count + confusion.Count > 0;
        TrueClassHasProbability = byLabel.Exists(term => term.Kind is not (StatisticKind.NegativeLogLikelihood or StatisticKind.TargetSquare));
        TrueSlopeHasLog = byLabel.Exists(term => term.Kind is StatisticKind.SoftmaxFocal or StatisticKind.NegativeLogPower);
        TrueClassHasLog = TrueSlopeHasLog || byLabel.Exists(term => term.Kind == StatisticKind.NegativeLogLikelihood);
        HasSlopes = isExclusive && (IsSoft || hasRows);
        KeepsSlopes = isExclusive && hasRows;
        HasProbability = job.Request.Overlap >= 0 || Array.IndexOf(job.Request.Temperatures, 1) >= 0;
        HasPowers = HasProbability || job.Request.NegativeLogLikelihood >= 0 || ByLabel.Length > 0 || hasRows;
        KeepsPowers = Array.IndexOf(job.Request.Temperatures, 1) >= 0 || hasRows || (IsSoft && HasProbability);
        HasLogSum = ByRow.Length > 0 || (IsSoft && job.Request.NegativeLogLikelihood >= 0);
    }

    internal bool IsSoft { get; }

    /// <summary>Terms of exclusive classes that read the probability of the true class alone, where labels are hard.</summary>
    internal GeneralTerm[] ByLabel { get; }

    /// <summary>Terms that every class has, or that soft labels give to every class.</summary>
    internal GeneralTerm[] ByRow { get; }

    /// <summary>Rows of the confusion matrix of exclusive classes with hard labels, of which a pixel is in one.</summary>
    internal GeneralTerm[] Confusion { get; }

    /// <summary>All maps that are given: where one is not finite the pixel is ignored.</summary>
    internal PixelView[] Maps { get; }

    /// <summary>Whether a term of the true class reads p or 1 − p.</summary>
    internal bool TrueClassHasProbability { get; }

    /// <summary>Whether one reads −log p.</summary>
    internal bool TrueClassHasLog { get; }

    /// <summary>Whether the slope of one does.</summary>
    internal bool TrueSlopeHasLog { get; }

    /// <summary>The focal sums of exclusive classes, each against the rest.</summary>
    internal GeneralTerm? OneVsRest { get; }

    /// <summary>Whether backward has the slopes of all classes, beyond those of the sizes.</summary>
    internal bool HasSlopes { get; }

    /// <summary>Whether these are kept, since they come of several terms.</summary>
    internal bool KeepsSlopes { get; }

    /// <summary>Whether a size with τ = 1 or the overlap is wanted.</summary>
    internal bool HasProbability { get; }

    /// <summary>Whether a softmax with τ = 1 is needed.</summary>
    internal bool HasPowers { get; }

    /// <summary>Whether forward reads its powers.</summary>
    internal bool KeepsPowers { get; }

    /// <summary>Whether −log p of every class is needed.</summary>
    internal bool HasLogSum { get; }

    private static bool ReadsTrueClassAlone(StatisticKind kind) => kind is StatisticKind.Overlap or StatisticKind.NegativeLogLikelihood
        or StatisticKind.SoftmaxFocal or StatisticKind.OverlapPower or StatisticKind.NegativeLogPower or StatisticKind.TargetSquare;
}
