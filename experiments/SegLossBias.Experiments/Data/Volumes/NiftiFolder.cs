namespace SegLossBias.Experiments.Data;

/// <summary>A folder of NAME_CHANNEL.nii.gz with NAME_gt.nii.gz, or train/, val/ and test/ that are such folders.</summary>
internal static class NiftiFolder
{
    private const string LabelSuffix = "gt";

    private static readonly string[] ValidationFolders = ["val", "valid", "validation"];
    private static readonly string[] Extensions = [".nii.gz", ".nii"];

    /// <summary>The files of one case by suffix.</summary>
    private sealed record Volume(string Name, IReadOnlyDictionary<string, string> Files)
    {
        public IEnumerable<string> Channels => Files.Keys.Where(suffix => suffix != LabelSuffix);
    }

    /// <param name="folder">Where to look.</param>
    /// <param name="leftOut">Receives one line per file that is not used.</param>
    /// <returns>Channels: all suffixes that every case has, in alphabetical order.</returns>
    public static VolumeCatalogue List(string folder, ICollection<string> leftOut)
    {
        if (!Directory.Exists(Path.Combine(folder, "train")))
        {
            var all = Volumes(folder, leftOut);
            var suffixes = Channels(all, folder, leftOut);
            return new(Pick(all, suffixes), null, [], suffixes, ClassNames.Read(folder), "all volumes", VolumeLabels.IgnoredLabel);
        }

        var train = Volumes(Path.Combine(folder, "train"), leftOut);
        var given = Array.Find(ValidationFolders, name => Directory.Exists(Path.Combine(folder, name)));
        var validation = given is null ? null : Volumes(Path.Combine(folder, given), leftOut);
        var tests = Path.Combine(folder, "test");
        var test = Directory.Exists(tests) ? Volumes(tests, leftOut) : [];
        var channels = Channels([.. train, .. validation ?? [], .. test], folder, leftOut);
        return new(
            Pick(train, channels), validation is null ? null : Pick(validation, channels), Pick(test, channels),
            channels, ClassNames.Read(folder), given is null ? "train/" : $"train/ and {given}/ as given", VolumeLabels.IgnoredLabel);
    }

    /// <summary>Name of the case of a file: its name without extension.</summary>
    public static string Stem(string path)
    {
        var name = Path.GetFileName(path);
        var extension = Array.Find(Extensions, extension => name.EndsWith(extension, StringComparison.OrdinalIgnoreCase));
        return name[..^(extension?.Length ?? 0)];
    }

    private static List<Volume> Volumes(string folder, ICollection<string> leftOut)
    {
        var named = Directory.GetFiles(folder)
            .Where(path => Stem(path).Length < Path.GetFileName(path).Length && !Path.GetFileName(path).StartsWith('.'))
            .Order(StringComparer.Ordinal)
            .ToLookup(path => Stem(path).LastIndexOf('_') > 0);
        foreach (var path in named[false])
        {
            leftOut.Add($"{path}: not named NAME_CHANNEL.nii.gz");
        }

        var volumes = new List<Volume>();
        foreach (var files in named[true].GroupBy(path => Stem(path)[..Stem(path).LastIndexOf('_')]))
        {
            var bySuffix = new Dictionary<string, string>();
            foreach (var path in files.Where(path => !bySuffix.TryAdd(Stem(path)[(files.Key.Length + 1)..], path)))
            {
                leftOut.Add($"{path}: there is {Stem(path)} twice");
            }

            var volume = new Volume(files.Key, bySuffix);
            if (!bySuffix.ContainsKey(LabelSuffix) || !volume.Channels.Any())
            {
                leftOut.Add($"{Path.Combine(folder, volume.Name)}: no {(volume.Channels.Any() ? "label map" : "image")} of that name");
                continue;
            }

            volumes.Add(volume);
        }

        return volumes;
    }

    private static string[] Channels(List<Volume> volumes, string folder, ICollection<string> leftOut)
    {
        var counts = volumes.SelectMany(volume => volume.Channels).CountBy(suffix => suffix).OrderBy(count => count.Key, StringComparer.Ordinal).ToList();
        foreach (var (suffix, count) in counts.Where(count => count.Value < volumes.Count))
        {
            leftOut.Add($"{folder}: channel {suffix}: only {count} of {volumes.Count} volumes have it");
        }

        string[] channels = [.. counts.Where(count => count.Value == volumes.Count).Select(count => count.Key)];
        return channels.Length > 0 ? channels : throw new UserError(
            $"--data: {folder} has no channel that every volume has (wanted: NAME_CHANNEL.nii.gz with NAME_{LabelSuffix}.nii.gz)"
            + (leftOut.Count > 0 ? $"; left out: {leftOut.First()}" : ""));
    }

    private static List<VolumeFiles> Pick(List<Volume> volumes, string[] channels) =>
        [.. volumes.Select(volume => new VolumeFiles(volume.Name, [.. channels.Select(suffix => volume.Files[suffix])], volume.Files[LabelSuffix]))];
}
