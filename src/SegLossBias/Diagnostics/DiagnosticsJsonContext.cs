using System.Text.Json.Serialization;

namespace SegLossBias;

/// <summary>How saved diagnostics are read and written, made when the library is built.</summary>
[JsonSerializable(typeof(DiagnosticsFile))]
internal sealed partial class DiagnosticsJsonContext : JsonSerializerContext;
