using System.Globalization;
using System.Text.Json;

namespace SegLossBias.Experiments.Data;

/// <summary>A task of the Medical Segmentation Decathlon: dataset.json names classes, channels and the files to train on.</summary>
/// <remarks>Antonelli et al., Nature Communications 2022. The published test volumes have no labels and are not used.</remarks>
internal static class DecathlonFolder
{
    private const string Description = "dataset.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNameCaseInsensitive = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private sealed record Pair(string Image, string Label);

    private sealed record Dataset(
        IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Modality, IReadOnlyList<Pair> Training);

    public static VolumeCatalogue List(string folder)
    {
        var path = Path.Combine(folder, Description);
        var dataset = Read(path);
        var files = dataset.Training
            .Where(pair => !Path.GetFileName(pair.Image).StartsWith('.'))
            .Select(pair => new VolumeFiles(NiftiFolder.Stem(pair.Image), [FullPath(folder, pair.Image)], FullPath(folder, pair.Label)))
            .OrderBy(volume => volume.Name, StringComparer.Ordinal);
        return new([.. files], null, [], InOrder(dataset.Modality, path, "modality"), InOrder(dataset.Labels, path, "labels"), "the training volumes");
    }

    private static Dataset Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Dataset>(File.ReadAllText(path), Json) ?? throw new JsonException("it is empty");
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new UserError($"{path} cannot be read: {unreadable.Message}");
        }
    }

    private static string FullPath(string folder, string relative) => Path.GetFullPath(Path.Combine(folder, relative));

    /// <summary>Values of the keys "0", "1", … in their order.</summary>
    private static string[] InOrder(IReadOnlyDictionary<string, string> numbered, string path, string property) =>
        [.. Enumerable.Range(0, numbered.Count).Select(i => numbered.TryGetValue(i.ToString(CultureInfo.InvariantCulture), out var name)
            ? name
            : throw new UserError($"{path}: '{property}' numbers {numbered.Count} entries, but has none numbered {i}"))];
}
