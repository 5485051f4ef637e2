using System.Text.Json;

namespace SegLossBias.Experiments.Common;

/// <summary>Why a file could not be read, in one line.</summary>
internal static class ReadFailure
{
    /// <summary>The message of an exception. That of a damaged literal holds the rest of the file: then the place alone is named.</summary>
    public static string Text(Exception failure) =>
        failure is JsonException { LineNumber: { } line } json && json.Message.Contains('\n', StringComparison.Ordinal) ? FormattableString.Invariant($"line {line + 1} is no JSON") : failure.Message;
}
