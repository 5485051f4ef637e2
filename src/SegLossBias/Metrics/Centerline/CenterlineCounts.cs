using System.Numerics;

namespace SegLossBias;

/// <summary>Pixels of the centre lines of a predicted and a true mask, and how many of them lie in the other mask.</summary>
public readonly record struct CenterlineCounts : IAdditionOperators<CenterlineCounts, CenterlineCounts, CenterlineCounts>
{
    internal CenterlineCounts(long predictedLine, long predictedLineInTarget, long targetLine, long targetLineInPrediction)
    {
        (PredictedLine, PredictedLineInTarget) = (predictedLine, predictedLineInTarget);
        (TargetLine, TargetLineInPrediction) = (targetLine, targetLineInPrediction);
    }

    /// <summary>|S_P|.</summary>
    public long PredictedLine { get; }

    /// <summary>|S_P ∩ T|.</summary>
    public long PredictedLineInTarget { get; }

    /// <summary>|S_T|.</summary>
    public long TargetLine { get; }

    /// <summary>|S_T ∩ P|.</summary>
    public long TargetLineInPrediction { get; }

    /// <summary>|S_P ∩ T| / |S_P|, 0 to 1; NaN when the prediction is empty.</summary>
    public double TopologyPrecision => (double)PredictedLineInTarget / PredictedLine;

    /// <summary>|S_T ∩ P| / |S_T|, 0 to 1; NaN when the target is empty.</summary>
    public double TopologySensitivity => (double)TargetLineInPrediction / TargetLine;

    /// <summary>The harmonic mean of both, 0 to 1; 0 when one mask is empty, NaN when both are.</summary>
    public double ClDice => Empty switch
    {
        EmptyCase.Both => double.NaN,
        _ when PredictedLineInTarget == 0 || TargetLineInPrediction == 0 => 0,
        _ => 2 * TopologyPrecision * TopologySensitivity / (TopologyPrecision + TopologySensitivity),
    };

    /// <summary>Which mask has no pixel.</summary>
    public EmptyCase Empty => EmptyCases.Of(TargetLine, PredictedLine);

    /// <summary>The counts of two images or shards together.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>Sums of each count.</returns>
    public static CenterlineCounts operator +(CenterlineCounts left, CenterlineCounts right) => left.Add(right);

    /// <summary>The counts of two images or shards together.</summary>
    /// <param name="other">The other.</param>
    /// <returns>Sums of each count.</returns>
    public CenterlineCounts Add(CenterlineCounts other) => new(
        PredictedLine + other.PredictedLine,
        PredictedLineInTarget + other.PredictedLineInTarget,
        TargetLine + other.TargetLine,
        TargetLineInPrediction + other.TargetLineInPrediction);

    /// <summary>The value of a metric chosen by name.</summary>
    /// <param name="metric">Which.</param>
    /// <returns>The property of that name.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such metric.</exception>
    public double Value(CenterlineMetric metric) => metric switch
    {
        CenterlineMetric.ClDice => ClDice,
        CenterlineMetric.TopologyPrecision => TopologyPrecision,
        CenterlineMetric.TopologySensitivity => TopologySensitivity,
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "metric must be one of CenterlineMetric."),
    };
}
