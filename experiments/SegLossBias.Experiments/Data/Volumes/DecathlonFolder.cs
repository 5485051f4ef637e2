namespace SegLossBias.Experiments.Data;

/// <summary>A task of the Medical Segmentation Decathlon: dataset.json names classes, channels and the files to train on.</summary>
/// <remarks>Antonelli et al., Nature Communications 2022. The published test volumes have no labels and are not used.</remarks>
internal static class DecathlonFolder
{
    private sealed record Pair(string Image, string Label);

    private sealed record Dataset(
        IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Modality, IReadOnlyList<Pair> Training);

    public static VolumeCatalogue List(string folder)
    {
        var path = Path.Combine(folder, DatasetJson.File);
        var dataset = DatasetJson.Read<Dataset>(path);
        var files = dataset.Training
            .Select(pair => GivenPath.CanBe(pair.Image) && GivenPath.CanBe(pair.Label) ? pair : throw new UserError($"{path}: 'training' has an entry without the path of a file"))
            .Where(pair => !Path.GetFileName(pair.Image).StartsWith('.'))
            .Select(pair => new VolumeFiles(NiftiFolder.Stem(pair.Image), Images(FullPath(folder, pair.Image), dataset.Modality.Count), FullPath(folder, pair.Label)))
            .OrderBy(volume => volume.Name, StringComparer.Ordinal);
        return new([.. files], null, [], DatasetJson.InOrder(dataset.Modality, path, "modality"), DatasetJson.InOrder(dataset.Labels, path, "labels"), "the training volumes");
    }

    /// <summary>One file with all channels as named; or as nnU-Net v1 has it, NAME_0000 and so on, though NAME is named.</summary>
    private static string[] Images(string path, int channels)
    {
        string Channel(int number) => path.Insert(path.Length - Path.GetFileName(path).Length + NiftiFolder.Stem(path).Length, FormattableString.Invariant($"_{number:0000}"));
        return File.Exists(path) || !File.Exists(Channel(0)) ? [path] : [.. Enumerable.Range(0, channels).Select(Channel)];
    }

    private static string FullPath(string folder, string relative) => Path.GetFullPath(Path.Combine(folder, relative));
}
