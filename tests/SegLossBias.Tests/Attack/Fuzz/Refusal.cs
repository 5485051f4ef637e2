using System.Text.RegularExpressions;

namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>Which exceptions the library may throw at wrong input.</summary>
internal static partial class Refusal
{
    /// <summary>Words by which a message of libtorch or TorchSharp gives itself away.</summary>
    private static readonly string[] Native = ["Exception raised from", "c10::", "at::", "torch::", "libtorch", "INTERNAL ASSERT", "Expected all tensors", "dispatch key"];

    /// <summary>What is wrong with an exception as an answer to wrong input; null when nothing is.</summary>
    internal static string? Problem(Exception exception)
    {
        var kind = exception.GetType();
        var isDocumented = exception is ArgumentException or InvalidOperationException or NotSupportedException or UserException or System.Text.Json.JsonException or IOException or UnauthorizedAccessException or InvalidDataException;
        var message = OnOneLine(exception.Message);
        return !isDocumented ? $"expected a documented exception, came {kind.Name}: {message} {OnOneLine(exception.StackTrace ?? "")}"
            : Native.Any(exception.Message.Contains) ? $"expected a message of the library, came {kind.Name}: {message}"
            : message.Split(' ').Length < 4 ? $"expected a message of more than a word, came {kind.Name}: {message}"
            : null;
    }

    internal static string OnOneLine(string text) => Spaces().Replace(text, " ") is var line && line.Length > 600 ? line[..600] + "…" : line;

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
