using System.Text.Json.Serialization;

namespace SegLossBias;

/// <summary>Saved calibration: settings and sums.</summary>
internal sealed record CalibrationFile(
    string Metrics, SegmentationMode Mode, int Classes, long? IgnoreIndex, int Bins, int Images, CalibrationSums TopLabel, CalibrationSums[] ByClass)
{
    /// <summary>Labels to leave out beside the ignore index; null where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long[]? IgnoreIndices { get; init; }

    internal static CalibrationFile Load(string path)
    {
        var saved = MetricJson.Read<CalibrationFile>(path, nameof(CalibrationMetrics));
        MetricJson.Refuse(path, nameof(CalibrationMetrics), saved.Flaw());
        return saved;
    }

    private string? Flaw() =>
        Metrics != nameof(CalibrationMetrics) ? $"it holds {Metrics}"
        : !MetricLayout.Fits(Classes, Mode) ? $"Mode is {Mode} but there are {Classes} classes"
        : Bins < 1 || Images < 0 ? $"there are {Bins} bins and {Images} images"
        : ByClass?.Length != Classes || TopLabel is null || !ByClass.Append(TopLabel).All(sums => sums?.AreConsistent(Bins) == true) ? "its sums contradict each other"
        : null;
}
