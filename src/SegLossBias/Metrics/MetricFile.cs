using System.Text.Json;
using System.Text.Json.Serialization;

namespace SegLossBias;

/// <summary>An accumulator as JSON: its settings and one row of cells for each image.</summary>
internal sealed record MetricFile<TCell>(
    string Metrics, SegmentationMode Mode, int Classes, int[] Evaluated, long? IgnoreIndex, double[]? ToleranceMm, TCell[][] Images)
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectRequiredConstructorParameters = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    internal MetricLayout Layout => new(Classes, Evaluated, Mode, IgnoreIndex);

    internal static MetricFile<TCell> Of(string metrics, MetricLayout layout, double[]? toleranceMm, TCell[][] images) =>
        new(metrics, layout.Mode, layout.Classes, [.. layout.Selected], layout.IgnoreIndex, toleranceMm, images);

    /// <summary>Writes beside the file and takes its place when all is on the disk, so that no half of a file is ever seen.</summary>
    internal void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var unfinished = $"{Path.GetFullPath(path)}.{Path.GetRandomFileName()}";
        try
        {
            using (var file = new FileStream(unfinished, FileMode.CreateNew))
            {
                JsonSerializer.Serialize(file, this, Format);
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

    /// <summary>Reads a file of these metrics in which every row has a cell for each class.</summary>
    internal static MetricFile<TCell> Load(string path, string metrics, Func<MetricFile<TCell>, bool> isWhole)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        MetricFile<TCell>? saved;
        try
        {
            using var file = File.OpenRead(path);
            saved = JsonSerializer.Deserialize<MetricFile<TCell>>(file, Format);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path} does not hold saved {metrics}: {error.Message}", error);
        }

        var isGood = saved is { Evaluated.Length: > 0, Images: not null } && saved.Metrics == metrics
            && Enum.IsDefined(saved.Mode) && MetricLayout.Fits(saved.Classes, saved.Mode)
            && saved.Evaluated.All(@class => @class >= 0 && @class < saved.Classes) && saved.Evaluated.Distinct().Count() == saved.Evaluated.Length
            && saved.Images.All(row => row?.Length == saved.Evaluated.Length)
            && isWhole(saved);
        return isGood ? saved! : throw new InvalidDataException($"{path} does not hold saved {metrics}, or it is damaged; save them again with Save.");
    }
}
