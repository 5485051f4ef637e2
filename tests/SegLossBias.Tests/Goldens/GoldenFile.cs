using System.Text.Json;

namespace SegLossBias.Tests.Goldens;

/// <summary>A golden file: inputs by name, and cases.</summary>
internal sealed class GoldenFile
{
    private static readonly string Folder =
        Environment.GetEnvironmentVariable("SEGLOSSBIAS_GOLDENS") is { Length: > 0 } folder ? folder : Path.Combine(AppContext.BaseDirectory, "Goldens");

    private readonly JsonElement _root;

    private GoldenFile(JsonElement root) => _root = root;

    internal JsonElement Root => _root;

    internal IEnumerable<JsonElement> Cases => _root.GetProperty("cases").EnumerateArray();

    /// <summary>The file, or null where it is absent.</summary>
    internal static GoldenFile? Open(string name)
    {
        var path = Path.Combine(Folder, name);
        return File.Exists(path) ? new(JsonDocument.Parse(File.ReadAllText(path)).RootElement) : null;
    }

    internal Scene Input(string name)
    {
        var input = _root.GetProperty("inputs").GetProperty(name);
        return new Scene(
            Enum.Parse<SegmentationMode>(input.GetProperty("mode").GetString()!, ignoreCase: true),
            Longs(input.GetProperty("shape")),
            Numbers(input.GetProperty("logits")),
            Longs(input.GetProperty("labels")));
    }

    internal long[] LabelShape(string name) => Longs(_root.GetProperty("inputs").GetProperty(name).GetProperty("label_shape"));

    internal static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(Number)];

    internal static double Number(JsonElement element) => element.ValueKind == JsonValueKind.String
        ? double.Parse(element.GetString()!, System.Globalization.CultureInfo.InvariantCulture)
        : element.GetDouble();

    private static long[] Longs(JsonElement array) => [.. array.EnumerateArray().Select(item => (long)item.GetDouble())];
}
