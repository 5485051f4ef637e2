using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace SegLossBias;

/// <summary>Accumulators as JSON files.</summary>
internal static class MetricJson
{
    private static readonly MetricJsonContext Context = new(Format());

    internal static void Save<T>(string path, T content) => Save(path, content, Context);

    internal static void Save<T>(string path, T content, JsonSerializerContext context) => Save(path, file => JsonSerializer.Serialize(file, content, TypeOf<T>(context)));

    /// <summary>Options of a context; each needs its own.</summary>
    internal static JsonSerializerOptions Format() => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new EnumNameConverter<SegmentationMode>(), new EnumNameConverter<EmptyCase>() },
    };

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

    internal static T Read<T>(string path, string metrics)
        where T : class => Read<T>(path, metrics, Context);

    /// <param name="path">The file.</param>
    /// <param name="metrics">Whose.</param>
    /// <param name="context">What knows the type.</param>
    internal static T Read<T>(string path, string metrics, JsonSerializerContext context)
        where T : class
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using var file = File.OpenRead(path);
            var saved = JsonSerializer.Deserialize(file, TypeOf<T>(context));
            Refuse(path, metrics, saved is null ? "it holds null" : null);
            return saved!;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path} does not hold saved {metrics}: {error.Message} Save them again with Save.", error);
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

    private static JsonTypeInfo<T> TypeOf<T>(JsonSerializerContext context) => (JsonTypeInfo<T>)context.GetTypeInfo(typeof(T))!;
}
