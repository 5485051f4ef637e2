namespace SegLossBias;

/// <summary>The overlap metrics of <see cref="OverlapCounts"/>.</summary>
public enum OverlapMetric
{
    /// <summary><see cref="OverlapCounts.Dice"/>.</summary>
    Dice,

    /// <summary><see cref="OverlapCounts.IoU"/>.</summary>
    IoU,

    /// <summary><see cref="OverlapCounts.Precision"/>.</summary>
    Precision,

    /// <summary><see cref="OverlapCounts.Recall"/>.</summary>
    Recall,

    /// <summary><see cref="OverlapCounts.VolumeSimilarity"/>.</summary>
    VolumeSimilarity,

    /// <summary><see cref="OverlapCounts.SizeError"/>.</summary>
    SizeError,

    /// <summary><see cref="OverlapCounts.ProportionError"/>.</summary>
    ProportionError,

    /// <summary><see cref="OverlapCounts.Specificity"/>.</summary>
    Specificity,

    /// <summary><see cref="OverlapCounts.Accuracy"/>.</summary>
    Accuracy,

    /// <summary><see cref="OverlapCounts.BalancedAccuracy"/>.</summary>
    BalancedAccuracy,

    /// <summary><see cref="OverlapCounts.MatthewsCorrelation"/>.</summary>
    MatthewsCorrelation,

    /// <summary><see cref="OverlapCounts.CohenKappa"/>.</summary>
    CohenKappa,
}
