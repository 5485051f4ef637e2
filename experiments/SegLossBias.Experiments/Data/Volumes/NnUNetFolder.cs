using System.Text.Json;
using System.Text.Json.Serialization;
using static System.FormattableString;

namespace SegLossBias.Experiments.Data;

/// <summary>A dataset of nnU-Net v2, whose dataset.json names channels and labels and says how files end.</summary>
/// <remarks>
/// A file per channel, imagesTr/NAME_CCCC, with the channel's number in four digits; labelsTr/NAME. imagesTs/ with labelsTs/
/// are test cases. The label called ignore has the largest number and counts nowhere. Format: nnU-Net's dataset_format.md;
/// Isensee et al., Nature Methods 2021.
/// </remarks>
internal static class NnUNetFolder
{
    /// <summary>What only this description has.</summary>
    public const string ChannelNames = "channel_names";

    private const string Ignore = "ignore";

    private static readonly string[] Endings = [".nii.gz", ".nii"];

    private sealed record Dataset(
        [property: JsonPropertyName(ChannelNames)] IReadOnlyDictionary<string, string> Channels, IReadOnlyDictionary<string, JsonElement> Labels,
        [property: JsonPropertyName("file_ending")] string FileEnding);

    /// <param name="folder">Where dataset.json is.</param>
    /// <param name="leftOut">Receives one line per file that is not used.</param>
    public static VolumeCatalogue List(string folder, ICollection<string> leftOut)
    {
        var path = Path.Combine(folder, DatasetJson.File);
        var dataset = DatasetJson.Read<Dataset>(path);
        if (!Endings.Contains(dataset.FileEnding))
        {
            throw new UserError($"{path}: 'file_ending' is '{dataset.FileEnding}', but only {string.Join(" and ", Endings)} can be read; convert the files to NIfTI");
        }

        FolderContent.Require(folder, "NnUNet", "imagesTr", "labelsTr");
        var (classes, ignored) = Classes(dataset.Labels, path);
        List<VolumeFiles> Part(string images, string labels) =>
            Cases(Path.Combine(folder, images), Path.Combine(folder, labels), dataset.FileEnding, dataset.Channels.Count, leftOut);
        var test = Directory.Exists(Path.Combine(folder, "imagesTs")) && Directory.Exists(Path.Combine(folder, "labelsTs")) ? Part("imagesTs", "labelsTs") : [];
        return new(Part("imagesTr", "labelsTr"), null, test, DatasetJson.InOrder(dataset.Channels, path, ChannelNames), classes, "imagesTr/", ignored);
    }

    /// <summary>The names of the labels by their numbers, and the number of the ignored one.</summary>
    private static (string[] Classes, long? Ignored) Classes(IReadOnlyDictionary<string, JsonElement> labels, string path)
    {
        var numbers = labels.ToDictionary(label => label.Key, label => label.Value.ValueKind switch
        {
            JsonValueKind.Number when label.Value.TryGetInt32(out var number) => number,
            JsonValueKind.String when int.TryParse(label.Value.GetString(), out var number) => number,
            JsonValueKind.Array => throw new UserError($"{path}: the label {label.Key} is a region of several numbers; only one number per label can be read"),
            _ => throw new UserError($"{path}: the label {label.Key} has no whole number, but {label.Value.GetRawText()}; 'labels' must be as {{\"background\": 0, \"organ\": 1}}"),
        });
        long? ignored = numbers.Remove(Ignore, out var last) ? last : null;
        string[] classes = [.. numbers.OrderBy(label => label.Value).Select(label => label.Key)];
        var wrong = classes.Index().Where(label => numbers[label.Item] != label.Index).Select(label => label.Item).FirstOrDefault();
        return wrong is null && (ignored is null || ignored == classes.Length) ? (classes, ignored)
            : throw new UserError(Invariant($"{path}: labels must be numbered from 0 without a gap, {Ignore} last, but {wrong ?? Ignore} is {(wrong is null ? ignored : numbers[wrong])}"));
    }

    private static List<VolumeFiles> Cases(string images, string labels, string ending, int channels, ICollection<string> leftOut)
    {
        string[] Named(string folder) => [.. Directory.GetFiles(folder, "*" + ending).Where(file => !Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal)];
        string NameOf(string file) => Path.GetFileName(file)[..^ending.Length];
        var cases = Named(labels).Select(label => new VolumeFiles(
            NameOf(label), [.. Enumerable.Range(0, channels).Select(channel => Path.Combine(images, Invariant($"{NameOf(label)}_{channel:0000}{ending}")))], label)).ToList();
        foreach (var orphan in Named(images).Except(cases.SelectMany(one => one.Images)))
        {
            leftOut.Add($"{orphan}: no label map of that name, or a channel that {DatasetJson.File} does not name");
        }

        return cases;
    }
}
