using System.Text.Json;
using System.Text.Json.Serialization;

namespace SegLossBias.Experiments.Results;

/// <summary>
/// An experiment's folder: <c>experiment.json</c> (the settings), and <c>runs/RUN/result.json</c> for every finished run.
/// A result appears whole or not at all.
/// </summary>
internal static class ResultFolder
{
    public const string SettingsFile = "experiment.json";
    public const string ResultFile = "result.json";

    /// <summary>Numbers that are NaN or infinite are written by name.</summary>
    public static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    public static string RunFolder(string folder, RunKey run) => Path.Combine(folder, "runs", run.FolderName);

    public static bool HasSettings(string folder) => File.Exists(Path.Combine(folder, SettingsFile));

    public static void SaveSettings(string folder, ExperimentSettings settings) => WriteWhole(Path.Combine(folder, SettingsFile), settings);

    public static ExperimentSettings LoadSettings(string folder) => Read<ExperimentSettings>(Path.Combine(folder, SettingsFile));

    public static bool HasResult(string folder, RunKey run) => File.Exists(Path.Combine(RunFolder(folder, run), ResultFile));

    public static void SaveResult(string folder, RunKey run, RunResult result) =>
        WriteWhole(Path.Combine(RunFolder(folder, run), ResultFile), result);

    public static RunResult LoadResult(string folder, RunKey run) => Read<RunResult>(Path.Combine(RunFolder(folder, run), ResultFile));

    /// <summary>All that a folder holds of the runs of its settings.</summary>
    public static ExperimentResults Load(string folder)
    {
        var settings = LoadSettings(folder);
        var runs = settings.Runs.ToLookup(run => HasResult(folder, run));
        return new(settings, [.. runs[true].Select(run => LoadResult(folder, run))], [.. runs[false]]);
    }

    /// <summary>Writes a file so that a reader sees the old content or the new one, never a part.</summary>
    public static void WriteWhole<T>(string path, T content) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, content, Json));

    public static T Read<T>(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(path), Json) ?? throw new JsonException("it is empty");
        }
        catch (Exception unreadable) when (unreadable is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserError($"{path} cannot be read: {unreadable.Message}");
        }
    }
}
