using System.Text.Json;
using System.Text.Json.Serialization;

namespace SegLossBias;

/// <summary>Accumulators as JSON files.</summary>
internal static class MetricJson
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new EnumNameConverter<SegmentationMode>(), new EnumNameConverter<EmptyCase>() },
    };

    internal static void Save<T>(string path, T content) => Save(path, file => JsonSerializer.Serialize(file, content, Format));

    /// <summary>Writes beside the file and takes its place when all is on the disk, so that no half of a file is ever seen.</summary>
    internal static void Save(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var unfinished = $"{Path.GetFullPath(path)}.{Path.GetRandomFileName()}";
        try
        {
            using (var file = new FileStream(unfinished, FileMode.CreateNew))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <param name="path">The file.</param>
    /// <param name="metrics">Whose.</param>
    internal static T Read<T>(string path, string metrics)
        where T : class
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using var file = File.OpenRead(path);
            var saved = JsonSerializer.Deserialize<T>(file, Format);
            Refuse(path, metrics, saved is null ? "it holds null" : null);
            return saved!;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path} does not hold saved {metrics}: {error.Message}", error);
        }
    }

    /// <summary>Throws where a file has a flaw.</summary>
    internal static void Refuse(string path, string metrics, string? flaw)
    {
        if (flaw is not null)
        {
            throw new InvalidDataException($"{path} does not hold saved {metrics}, or it is damaged: {flaw}; save them again with Save.");
        }
    }
}
