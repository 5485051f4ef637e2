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
            .Where(pair => !Path.GetFileName(pair.Image).StartsWith('.'))
            .Select(pair => new VolumeFiles(NiftiFolder.Stem(pair.Image), [FullPath(folder, pair.Image)], FullPath(folder, pair.Label)))
            .OrderBy(volume => volume.Name, StringComparer.Ordinal);
        return new([.. files], null, [], DatasetJson.InOrder(dataset.Modality, path, "modality"), DatasetJson.InOrder(dataset.Labels, path, "labels"), "the training volumes");
    }

    private static string FullPath(string folder, string relative) => Path.GetFullPath(Path.Combine(folder, relative));
}
