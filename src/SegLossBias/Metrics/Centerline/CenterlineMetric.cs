namespace SegLossBias;

/// <summary>The metrics of <see cref="CenterlineCounts"/>.</summary>
public enum CenterlineMetric
{
    /// <summary><see cref="CenterlineCounts.ClDice"/>.</summary>
    ClDice,

    /// <summary><see cref="CenterlineCounts.TopologyPrecision"/>.</summary>
    TopologyPrecision,

    /// <summary><see cref="CenterlineCounts.TopologySensitivity"/>.</summary>
    TopologySensitivity,
}
