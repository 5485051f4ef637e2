using System.Text.Json;

namespace SegLossBias.Tests.Goldens;

/// <summary>A golden file: inputs by name, and cases.</summary>
internal sealed class GoldenFile
{
    private const string FolderVariable = "SEGLOSSBIAS_GOLDENS";

    private readonly JsonElement _root;

    private GoldenFile(JsonElement root) => _root = root;

    internal JsonElement Root => _root;

    internal IEnumerable<JsonElement> Cases => _root.GetProperty("cases").EnumerateArray();

    /// <summary>The file, or null where it is absent and no folder was asked for.</summary>
    internal static GoldenFile? Open(string name) => Open(name, Environment.GetEnvironmentVariable(FolderVariable));

    /// <param name="name">The file.</param>
    /// <param name="folder">Where it must be; null or empty for the project's own.</param>
    internal static GoldenFile? Open(string name, string? folder)
    {
        var isGiven = !string.IsNullOrEmpty(folder);
        var path = Path.Combine(isGiven ? folder! : Path.Combine(AppContext.BaseDirectory, "Goldens"), name);
        if (File.Exists(path))
        {
            return new(JsonDocument.Parse(File.ReadAllText(path)).RootElement);
        }

        return isGiven
            ? throw new FileNotFoundException($"{FolderVariable} says that golden values are in {folder}, but {path} does not exist; correct the folder, or unset the variable to test against the project's own.", path)
            : null;
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
