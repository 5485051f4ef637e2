using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace SegLossBias.Experiments.Results;

/// <summary>
/// An experiment's folder: <c>experiment.json</c> (the settings), and <c>runs/RUN/result.json</c> and <c>diagnostics.json</c> for every finished run.
/// A result appears whole or not at all, and has a checksum: an edited one is refused.
/// </summary>
internal static class ResultFolder
{
    public const string SettingsFile = "experiment.json";
    public const string ResultFile = "result.json";

    /// <summary>Below the folder of a run: what <see cref="RegionSizeDiagnostics"/> found in the validation cases after the last epoch.</summary>
    public const string DiagnosticsFile = "diagnostics.json";

    private const string Checksum = "Sha256";

    /// <summary>Numbers that are NaN or infinite are written by name.</summary>
    public static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter() },
    };

    public static string RunFolder(string folder, RunKey run) => Path.Combine(folder, "runs", run.FolderName);

    public static bool HasSettings(string folder) => File.Exists(Path.Combine(folder, SettingsFile));

    public static void SaveSettings(string folder, ExperimentSettings settings) => WriteWhole(Path.Combine(folder, SettingsFile), settings);

    public static ExperimentSettings LoadSettings(string folder) => Read<ExperimentSettings>(Path.Combine(folder, SettingsFile));

    public static bool HasResult(string folder, RunKey run) => File.Exists(Path.Combine(RunFolder(folder, run), ResultFile));

    public static void SaveResult(string folder, RunKey run, RunResult result)
    {
        var content = JsonSerializer.SerializeToNode(result, Json)!.AsObject();
        content[Checksum] = Hash(content);
        WriteWhole(Path.Combine(RunFolder(folder, run), ResultFile), content);
    }

    /// <exception cref="UserError">The result is damaged, edited or of another run.</exception>
    public static RunResult LoadResult(string folder, RunKey run)
    {
        var path = Path.Combine(RunFolder(folder, run), ResultFile);
        UserError Unusable(string why) => new($"{path} cannot be used: {why}; remove the run's folder and run it again");
        var content = Read<JsonObject>(path);
        if (content.Remove(Checksum, out var saved) && saved?.ToString() != Hash(content)) // Versions before this one saved none.
        {
            throw Unusable("it was changed after it was written");
        }

        var result = Read(path, () => content.Deserialize<RunResult>(Json));
        return ResultCheck.Flaw(result, run) is { } flaw ? throw Unusable(flaw) : result;
    }

    /// <summary>All that a folder holds of the runs of its settings.</summary>
    public static ExperimentResults Load(string folder)
    {
        var settings = LoadSettings(folder);
        var runs = settings.Runs.ToLookup(run => HasResult(folder, run));
        return new(settings, [.. runs[true].Select(run => LoadResult(folder, run))], [.. runs[false]]);
    }

    /// <summary>Writes a file so that a reader sees the old content or the new one, never a part.</summary>
    public static void WriteWhole<T>(string path, T content) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, content, Json));

    public static T Read<T>(string path) => Read(path, () => JsonSerializer.Deserialize<T>(PlainFile.ReadText(path), Json));

    /// <summary>Of all but its layout: spaces and line breaks may change.</summary>
    private static string Hash(JsonObject content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content.ToJsonString())));

    private static T Read<T>(string path, Func<T?> read)
    {
        try
        {
            return read() ?? throw new JsonException("it is empty");
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserError($"{path} cannot be read: {ReadFailure.Text(unreadable)}");
        }
    }
}
