using System.Text.Json.Serialization;

namespace SegLossBias;

/// <summary>An accumulator as JSON: its settings and one row of cells for each image.</summary>
internal sealed record MetricFile<TCell>(
    string Metrics, SegmentationMode Mode, int Classes, int[] Evaluated, long? IgnoreIndex, double[]? ToleranceMm, TCell[][] Images)
{
    /// <summary>Settings that only these metrics have; null where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SortedDictionary<string, double>? Settings { get; init; }

    /// <summary>Labels to leave out beside the ignore index; null where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long[]? IgnoreIndices { get; init; }

    /// <summary>All labels to leave out.</summary>
    internal long[] Ignored => IgnoredLabels.Of(IgnoreIndex, IgnoreIndices);

    internal ClassSelection Selection => ClassSelection.Of([.. Evaluated.Select(@class => (long)@class)]);

    internal static MetricFile<TCell> Of(string metrics, MetricLayout layout, double[]? toleranceMm, TCell[][] images) =>
        new(metrics, layout.Mode, layout.Classes, [.. layout.Selected], layout.IgnoreIndex, toleranceMm, images)
        {
            IgnoreIndices = layout.IgnoreIndices.Count == 0 ? null : [.. layout.IgnoreIndices],
        };

    internal void Save(string path) => MetricJson.Save(path, this);

    /// <summary>Reads a file of these metrics in which every row has a cell for each class.</summary>
    /// <param name="path">The file.</param>
    /// <param name="metrics">Whose.</param>
    /// <param name="flawOfCells">What is wrong with the rest of it; null when nothing is.</param>
    internal static MetricFile<TCell> Load(string path, string metrics, Func<MetricFile<TCell>, string?> flawOfCells)
    {
        var saved = MetricJson.Read<MetricFile<TCell>>(path, metrics);
        MetricJson.Refuse(path, metrics, saved.Flaw(metrics) ?? flawOfCells(saved));
        return saved;
    }

    /// <summary>What is wrong with a setting that a file must have; null when nothing is.</summary>
    internal string? FlawOfSetting(string name, Func<double, bool> isValid) =>
        Settings is not null && Settings.TryGetValue(name, out var value) && isValid(value) ? null : $"the setting {name} is missing or out of range";

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
