using System.Globalization;
using System.Text.Json;

namespace SegLossBias.Experiments.Data;

/// <summary>The description of a folder of volumes that the Medical Segmentation Decathlon and nnU-Net call <c>dataset.json</c>.</summary>
internal static class DatasetJson
{
    public const string File = "dataset.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNameCaseInsensitive = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <exception cref="UserError">It is not there, or does not have what <typeparamref name="T"/> has.</exception>
    public static T Read<T>(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(PlainFile.ReadText(path), Json) ?? throw new JsonException("it is empty");
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new UserError($"{path} cannot be read: {ReadFailure.Text(unreadable)}");
        }
    }

    /// <summary>Values of the keys "0", "1", … in their order.</summary>
    /// <param name="numbered">Of a description.</param>
    /// <param name="path">Its file.</param>
    /// <param name="property">What it is called there.</param>
    public static string[] InOrder(IReadOnlyDictionary<string, string> numbered, string path, string property) =>
        [.. Enumerable.Range(0, numbered.Count).Select(i => numbered.TryGetValue(i.ToString(CultureInfo.InvariantCulture), out var name)
            ? name
            : throw new UserError($"{path}: '{property}' numbers {numbered.Count} entries, but has none numbered {i}"))];
}
