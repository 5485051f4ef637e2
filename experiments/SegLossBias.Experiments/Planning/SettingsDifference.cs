using System.Text.Json;
using System.Text.Json.Serialization;

namespace SegLossBias.Experiments.Planning;

/// <summary>The first setting in which two experiments differ, as saved.</summary>
internal sealed record SettingsDifference(string Name, string One, string Other)
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    /// <summary>What runs of one experiment may differ in: which of its runs they are, and where they ran.</summary>
    public static readonly string[] MayDiffer =
        [nameof(ExperimentSettings.Losses), nameof(ExperimentSettings.Seeds), nameof(ExperimentSettings.Data), nameof(ExperimentSettings.Device), nameof(ExperimentSettings.Threads)];

    /// <param name="one">One experiment.</param>
    /// <param name="other">The other.</param>
    /// <param name="free">Names of settings that may differ.</param>
    /// <returns>Null if all others are equal.</returns>
    public static SettingsDifference? Find(ExperimentSettings one, ExperimentSettings other, params string[] free) =>
        typeof(ExperimentSettings).GetProperties().Where(setting => setting.CanWrite && !free.Contains(setting.Name))
            .Select(setting => new SettingsDifference(setting.Name, Text(setting.GetValue(one)), Text(setting.GetValue(other))))
            .FirstOrDefault(setting => setting.One != setting.Other);

    private static string Text(object? value) => JsonSerializer.Serialize(value, Json);
}
