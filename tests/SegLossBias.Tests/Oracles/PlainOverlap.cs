namespace SegLossBias.Tests.Oracles;

/// <summary>
/// An overlap score of any kind, (c·I + s) / max(c·I + α·(P−I) + β·(T−I) + s', ε), with all that can be set: c = 2, α = β = 1 is
/// Dice, c = 1 Jaccard.
/// </summary>
/// <param name="Hits">c.</param>
/// <param name="FalseAlarms">α.</param>
/// <param name="Misses">β.</param>
internal sealed record PlainOverlap(double Hits, double FalseAlarms, double Misses)
{
    internal DiceForm Form { get; init; }

    internal OverlapLink Link { get; init; }

    internal Pooling Pooling { get; init; }

    internal double Smoothing { get; init; }

    internal double? SmoothingBelow { get; init; }

    internal double Epsilon { get; init; } = 1e-7;

    internal double MinimumOverlap { get; init; }

    internal AbsentClass Absent { get; init; }

    internal long[]? Classes { get; init; }

    internal double[]? Weight { get; init; }

    internal bool NormalizesWeight { get; init; }

    internal ClassReduction Reduction { get; init; }

    internal double Exponent { get; init; } = 1;

    internal double ExponentOfMean { get; init; } = 1;
}
