namespace SegLossBias;

/// <summary>The metrics of <see cref="LesionCounts"/>.</summary>
public enum LesionMetric
{
    /// <summary><see cref="LesionCounts.Recall"/>.</summary>
    Recall,

    /// <summary><see cref="LesionCounts.Precision"/>.</summary>
    Precision,

    /// <summary><see cref="LesionCounts.F1"/>.</summary>
    F1,

    /// <summary><see cref="LesionCounts.Dice"/>.</summary>
    Dice,

    /// <summary><see cref="LesionCounts.PanopticQuality"/>.</summary>
    PanopticQuality,
}
