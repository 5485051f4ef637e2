namespace SegLossBias;

/// <summary>Lines of comma-separated values as RFC 4180 has them.</summary>
internal static class CsvText
{
    private static readonly System.Buffers.SearchValues<char> Special = System.Buffers.SearchValues.Create(",\"\r\n");

    /// <summary>One record with its line end.</summary>
    internal static string Record(IEnumerable<string> fields) => $"{string.Join(',', fields.Select(Field))}\r\n";

    private static string Field(string text) =>
        text.AsSpan().ContainsAny(Special) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
