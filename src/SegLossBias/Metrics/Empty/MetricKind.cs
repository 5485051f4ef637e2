namespace SegLossBias;

/// <summary>What a metric measures, which decides what a structure can count where the formula gives no number.</summary>
internal enum MetricKind
{
    /// <summary>Higher is better, and 0 is the score of a miss.</summary>
    Score,

    /// <summary>Millimetres, 0 is best, and the image's diagonal is the largest.</summary>
    Distance,

    /// <summary>0 is best, and there is no largest.</summary>
    Error,
}
