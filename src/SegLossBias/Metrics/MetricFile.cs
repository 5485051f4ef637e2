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
        AllowDuplicateProperties = false,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new EnumNameConverter<SegmentationMode>(), new EnumNameConverter<EmptyCase>() },
    };

    internal ClassSelection Selection => ClassSelection.Of([.. Evaluated.Select(@class => (long)@class)]);

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
    /// <param name="path">The file.</param>
    /// <param name="metrics">Whose.</param>
    /// <param name="flawOfCells">What is wrong with the rest of it; null when nothing is.</param>
    internal static MetricFile<TCell> Load(string path, string metrics, Func<MetricFile<TCell>, string?> flawOfCells)
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

        var flaw = saved is null ? "it holds null" : saved.Flaw(metrics) ?? flawOfCells(saved);
        return flaw is null ? saved! : throw new InvalidDataException($"{path} does not hold saved {metrics}, or it is damaged: {flaw}; save them again with Save.");
    }

    private string? Flaw(string metrics)
    {
        if (Metrics != metrics)
        {
            return $"it holds {Metrics}";
        }

        if (!MetricLayout.Fits(Classes, Mode))
        {
            return $"Mode is {Mode} but there are {Classes} classes";
        }

        if (Evaluated is not { Length: > 0 } || Evaluated.Any(@class => @class < 0 || @class >= Classes) || Evaluated.Distinct().Count() != Evaluated.Length)
        {
            return $"evaluated classes are in 0..{Classes - 1} and named once, but they are {Shapes.Text(Evaluated ?? [])}";
        }

        var image = Images is null ? 0 : Array.FindIndex(Images, row => row?.Length != Evaluated.Length);
        return image < 0 ? null : $"each image has a cell for each of the {Evaluated.Length} evaluated classes, but image {image} has not";
    }
}
