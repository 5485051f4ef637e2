using System.Globalization;
using System.Text.Json;

namespace SegLossBias.Tests.Goldens;

/// <summary>Reading what may not be there, and numbers that JSON has none for.</summary>
internal static class GoldenJson
{
    /// <summary>A property; null where it is missing or null.</summary>
    internal static JsonElement? Find(this JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A property; the test is skipped where it is missing.</summary>
    internal static JsonElement Need(this JsonElement element, string key, string where)
    {
        var value = element.Find(key);
        Skip.If(value is null, $"{where} has no {key}");
        return value.Value;
    }

    /// <summary>A number; what is not finite stands as "NaN", "Infinity" or "-Infinity".</summary>
    internal static double Number(this JsonElement element) => element.ValueKind == JsonValueKind.String
        ? double.Parse(element.GetString()!, CultureInfo.InvariantCulture)
        : element.GetDouble();

    internal static double[] Numbers(this JsonElement array) => [.. array.EnumerateArray().Select(Number)];
}
