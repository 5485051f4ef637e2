using System.Text.Json.Serialization;

namespace SegLossBias;

/// <summary>The volumes of a structure in mm³ (2D: areas in mm²), and how far they differ.</summary>
public readonly record struct VolumeScores
{
    [JsonConstructor]
    internal VolumeScores(double target, double prediction) => (Target, Prediction) = (target, prediction);

    /// <summary>V_T, pixels of the target times the volume of a pixel.</summary>
    public double Target { get; }

    /// <summary>V_P, pixels of the prediction times the volume of a pixel.</summary>
    public double Prediction { get; }

    /// <summary>V_P − V_T, above 0 where too much is predicted.</summary>
    [JsonIgnore]
    public double Difference => Prediction - Target;

    /// <summary>|V_P − V_T|, at least 0.</summary>
    [JsonIgnore]
    public double AbsoluteDifference => Math.Abs(Difference);

    /// <summary>|V_P − V_T| / V_T, at least 0, without unit; ∞ when the target alone is empty, NaN when both are.</summary>
    [JsonIgnore]
    public double RelativeAbsoluteDifference => AbsoluteDifference / Target;

    /// <summary>Which mask has no pixel.</summary>
    [JsonIgnore]
    public EmptyCase Empty => EmptyCases.Of(Math.Sign(Target), Math.Sign(Prediction));

    /// <summary>The value of a metric chosen by name.</summary>
    /// <param name="metric">Which.</param>
    /// <returns>The property of that name.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such metric.</exception>
    public double Value(VolumeMetric metric) => metric switch
    {
        VolumeMetric.Difference => Difference,
        VolumeMetric.AbsoluteDifference => AbsoluteDifference,
        VolumeMetric.RelativeAbsoluteDifference => RelativeAbsoluteDifference,
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "metric must be one of VolumeMetric."),
    };
}
