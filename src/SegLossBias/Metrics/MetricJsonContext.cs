using System.Text.Json.Serialization;

namespace SegLossBias;

/// <summary>How saved accumulators are read and written, made when the library is built: trimmed programs have no reflection for it.</summary>
[JsonSerializable(typeof(MetricFile<long[]>))]
[JsonSerializable(typeof(MetricFile<double[]>))]
[JsonSerializable(typeof(MetricFile<SurfaceScores>))]
[JsonSerializable(typeof(MetricFile<VolumeScores>))]
[JsonSerializable(typeof(CalibrationFile))]
internal sealed partial class MetricJsonContext : JsonSerializerContext;
