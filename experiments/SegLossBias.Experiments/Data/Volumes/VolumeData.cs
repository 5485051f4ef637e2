using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>Loads folders of NIfTI volumes and splits them where they are not split already.</summary>
internal static class VolumeData
{
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
        var (groupOf, notes) = (CaseGroup.By(settings.Group), new List<string>());
        IReadOnlyList<Case> Cases(IReadOnlyList<VolumeFiles> volumes) => Read(volumes, catalogue, groupOf, leftOut, notes);
        (train, validation, var origin) = (Cases(catalogue.Train), Cases(catalogue.Validation ?? []), catalogue.Folders);
        var test = Cases(catalogue.Test);
        if (catalogue.Validation is null)
        {
            (train, validation, var drawn) = SeededSplit.Split(train, item => item.Name, groupOf, shares ?? SplitShares.Default, settings.DataSeed);
            test = [.. test, .. drawn];
            origin = SeededSplit.Describe(origin, shares ?? SplitShares.Default, settings.Group is not null, settings.DataSeed);
        }

        origin += $"; {string.Join(", ", catalogue.Channels)}: mean 0 and standard deviation 1 over the voxels that are not 0";
        Case[] all = [.. train, .. validation, .. test];
        var classes = catalogue.Classes ?? Classes(all, settings.Data);
        var ignores = MeasuredClasses.First(classes) == 0 || all.Any(HasIgnored);
        var splits = new CaseSplits(train, validation, test, classes, ignores ? VolumeLabels.IgnoredLabel : null, origin) { Notes = notes };
        Check(splits, settings.Data, catalogue is { Classes: not null, Ignored: VolumeLabels.IgnoredLabel } ? ClassNames.Hint : "", leftOut);
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

    private static IReadOnlyList<Case> Read(IReadOnlyList<VolumeFiles> volumes, VolumeCatalogue catalogue, Func<string, string> groupOf, ICollection<string> leftOut, ICollection<string> notes)
    {
        var labels = new VolumeLabels(catalogue.Classes?.Count ?? VolumeLabels.MostClasses, catalogue.Ignored);
        return [.. volumes.Select(files => VolumeReader.Read(files, catalogue.Channels.Count, labels, CaseGroup.Of(files.Name, groupOf), leftOut, notes)).OfType<Case>()];
    }

    /// <summary>As many classes as the largest number asks for. Where all label maps hold 0 and 255 alone, 255 becomes the foreground.</summary>
    private static string[] Classes(IReadOnlyList<Case> cases, string folder)
    {
        var numbered = cases.Where(item => LargestLabel(item) > 0).ToArray();
        var white = cases.Where(item => LargestLabel(item) == 0 && HasIgnored(item)).ToArray();
        if (numbered.Length > 0 && white.Length > 0)
        {
            throw ClassNames.Mixed(folder, [.. numbered.Select(item => item.LabelFile!)], [.. white.Select(item => item.LabelFile!)]);
        }

        foreach (var item in white)
        {
            foreach (ref var label in item.Labels.bytes)
            {
                label = Math.Min(label, (byte)1);
            }
        }

        return ClassNames.Numbered(white.Length > 0 ? 1 : numbered.Select(LargestLabel).DefaultIfEmpty().Max());
    }

    private static bool HasIgnored(Case item) => item.Labels.bytes.Contains(VolumeLabels.IgnoredLabel);

    private static void Check(CaseSplits splits, string folder, string hint, ICollection<string> leftOut)
    {
        var reason = splits.Train.Count < 2 || splits.Validation.Count < 1
            ? $"{splits.Train.Count} volumes to train on and {splits.Validation.Count} to validate on are too few"
            : splits.Classes.Count is < 2 or > byte.MaxValue ? $"{splits.Classes.Count} classes; 2 to {byte.MaxValue} are possible"
            : splits.Train.All(item => LargestLabel(item) < splits.FirstMeasured) ? $"no label map to train on has any foreground{hint}"
            : null;
        if (reason is not null)
        {
            splits.Dispose();
            throw new UserError($"--data: {folder}: {reason}" + (leftOut.Count > 0 ? $"; left out: {leftOut.First()}" : ""));
        }
    }

    /// <summary>The ignored label aside.</summary>
    private static int LargestLabel(Case item)
    {
        var largest = (byte)0;
        foreach (var label in item.Labels.bytes)
        {
            largest = label == VolumeLabels.IgnoredLabel ? largest : Math.Max(largest, label);
        }

        return largest;
    }
}
