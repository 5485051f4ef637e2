using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>Loads folders of NIfTI volumes and splits them where they are not split already.</summary>
internal static class VolumeData
{
    /// <summary>Classes that a label map can have where no file says how many there are.</summary>
    public const int MostClasses = 32;

    /// <summary>What patches have as their label beyond a volume that has no background.</summary>
    private const long Outside = byte.MaxValue;

    /// <param name="list">What a folder holds.</param>
    /// <param name="settings">Data, patch size, split, seed and grouping.</param>
    /// <param name="leftOut">Receives one line per file that could not be used.</param>
    public static CaseSplits Load(Func<string, VolumeCatalogue> list, ExperimentSettings settings, ICollection<string> leftOut)
    {
        if (settings.Size.Count != 3 || settings.Size.Any(extent => extent < 1))
        {
            throw UserError.Usage($"volumes are seen in patches of D, H and W voxels; the size given is {string.Join(" × ", settings.Size)}");
        }

        if (!Directory.Exists(settings.Data))
        {
            throw new UserError($"--data: there is no folder {settings.Data}");
        }

        var catalogue = list(settings.Data);
        var shares = settings.Split is { } text ? SplitShares.Parse(text) : null;
        if (settings.Split is { } name && shares is null)
        {
            catalogue = Listed(catalogue, SplitLists.Read(settings.Data, name), name, leftOut);
        }
        else if (shares is not null)
        {
            catalogue = catalogue with { Train = [.. All(catalogue)], Validation = null, Test = [] };
        }

        IReadOnlyList<Case> train, validation;
        var groupOf = CaseGroup.By(settings.Group);
        (train, validation, var origin) = (Read(catalogue.Train, catalogue, groupOf, leftOut), Read(catalogue.Validation ?? [], catalogue, groupOf, leftOut), catalogue.Folders);
        var test = Read(catalogue.Test, catalogue, groupOf, leftOut);
        if (catalogue.Validation is null)
        {
            (train, validation, var drawn) = SeededSplit.Split(train, item => item.Name, groupOf, shares ?? SplitShares.Default, settings.DataSeed);
            test = [.. test, .. drawn];
            origin = SeededSplit.Describe(origin, shares ?? SplitShares.Default, settings.Group is not null, settings.DataSeed);
        }

        origin += $"; {string.Join(", ", catalogue.Channels)}: mean 0 and standard deviation 1 over the voxels that are not 0";
        var classes = catalogue.Classes ?? Classes([.. train, .. validation, .. test]);
        var splits = new CaseSplits(train, validation, test, classes, MeasuredClasses.First(classes) > 0 ? null : Outside, origin);
        Check(splits, settings.Data, leftOut);
        return splits;
    }

    private static IEnumerable<VolumeFiles> All(VolumeCatalogue catalogue) => catalogue.Train.Concat(catalogue.Validation ?? []).Concat(catalogue.Test);

    private static VolumeCatalogue Listed(VolumeCatalogue catalogue, SplitLists lists, string name, ICollection<string> leftOut)
    {
        var volumes = All(catalogue).ToLookup(files => lists.Of(files.Name));
        foreach (var files in volumes[null])
        {
            leftOut.Add($"{files.Label}: in none of the lists");
        }

        return catalogue with
        {
            Train = [.. volumes[DataSplit.Train]],
            Validation = lists.Splits.Contains(DataSplit.Validation) ? [.. volumes[DataSplit.Validation]] : null,
            Test = [.. volumes[DataSplit.Test]],
            Folders = lists.Splits.Contains(DataSplit.Validation) ? $"as split_{name}_*.txt say" : $"the volumes of split_{name}_train.txt",
        };
    }

    private static IReadOnlyList<Case> Read(IReadOnlyList<VolumeFiles> volumes, VolumeCatalogue catalogue, Func<string, string> groupOf, ICollection<string> leftOut) =>
        [.. volumes.Select(files => VolumeReader.Read(files, catalogue.Channels.Count, catalogue.Classes?.Count ?? MostClasses, CaseGroup.Of(files.Name, groupOf), leftOut)).OfType<Case>()];

    private static string[] Classes(IReadOnlyList<Case> cases)
    {
        var count = 1 + cases.Select(LargestLabel).DefaultIfEmpty().Max();
        return count == 2 ? [MeasuredClasses.Background, "foreground"]
            : [MeasuredClasses.Background, .. Enumerable.Range(1, count - 1).Select(i => FormattableString.Invariant($"class {i}"))];
    }

    private static void Check(CaseSplits splits, string folder, ICollection<string> leftOut)
    {
        var reason = splits.Train.Count < 2 || splits.Validation.Count < 1
            ? $"{splits.Train.Count} volumes to train on and {splits.Validation.Count} to validate on are too few"
            : splits.Classes.Count is < 2 or > byte.MaxValue ? $"{splits.Classes.Count} classes; 2 to {byte.MaxValue} are possible"
            : splits.Train.All(item => LargestLabel(item) < splits.FirstMeasured) ? "no label map to train on has any foreground"
            : null;
        if (reason is not null)
        {
            splits.Dispose();
            throw new UserError($"--data: {folder}: {reason}" + (leftOut.Count > 0 ? $"; left out: {leftOut.First()}" : ""));
        }
    }

    private static int LargestLabel(Case item)
    {
        using var largest = item.Labels.max();
        return largest.item<byte>();
    }
}
