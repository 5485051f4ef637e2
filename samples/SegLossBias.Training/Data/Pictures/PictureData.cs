using static System.FormattableString;
using static TorchSharp.torch;

namespace SegLossBias.Training;

/// <summary>The 2D data of an experiment: read from files of any layout of pictures, or generated.</summary>
internal static class PictureData
{
    /// <param name="settings">Layout, folder, size, grouping and the data's seed.</param>
    /// <param name="leftOut">Receives one line per file that could not be used, also when no data is left.</param>
    /// <exception cref="UserError">The folder does not fit the layout, or too little of it is usable.</exception>
    public static CaseSplits Load(ExperimentSettings settings, ICollection<string> leftOut)
    {
        if (settings.Size is not [> 0, > 0])
        {
            throw UserError.Usage($"--size: pictures need a height and a width above 0, not {string.Join(',', settings.Size)}");
        }

        if (settings.Layout == DataLayout.Generated)
        {
            return GeneratedPictures.Create(settings);
        }

        var layout = Layout(settings.Layout);
        var folder = Folder(settings);
        var listing = new PictureListing(folder);
        try
        {
            layout.List(folder, listing);
            var pairs = listing.Pairs(layout.OneMaskPerLesion);
            var samples = new PictureReader(layout, settings.Size[0], settings.Size[1]).Read(pairs, listing);
            return Splits(samples, layout, listing, settings);
        }
        finally
        {
            foreach (var problem in listing.Problems)
            {
                leftOut.Add(problem);
            }
        }
    }

    private static IPictureLayout Layout(DataLayout layout) => layout switch
    {
        DataLayout.Folder => new FolderLayout(),
        DataLayout.Kvasir => new KvasirLayout(),
        DataLayout.CvcClinicDb => new CvcClinicDbLayout(),
        DataLayout.RetinalLesions => new RetinalLesionsLayout(),
        DataLayout.Cityscapes => new CityscapesLayout(),
        DataLayout.ChaseDb1 => new ChaseDb1Layout(),
        _ => throw UserError.Usage($"--layout: {layout} is not a layout of pictures"),
    };

    private static string Folder(ExperimentSettings settings) =>
        settings.Data is null ? throw UserError.Usage($"--data: the layout {settings.Layout} needs a folder")
        : Directory.Exists(settings.Data) ? settings.Data
        : throw new UserError($"--data: there is no folder {settings.Data}");

    private static CaseSplits Splits(List<PictureSample> samples, IPictureLayout layout, PictureListing listing, ExperimentSettings settings)
    {
        var classes = layout.Classes ?? ClassNames(samples, layout, listing);
        RequireUsable(samples, listing, settings);
        var train = samples.Where(sample => sample.Pair.Split == PictureSplit.Train).ToList();
        var validation = samples.Where(sample => sample.Pair.Split == PictureSplit.Validation).ToList();
        var test = samples.Where(sample => sample.Pair.Split == PictureSplit.Test).ToList();
        var origin = $"{new DirectoryInfo(settings.Data!).Name} ({settings.Layout}), ";
        if (listing.Splits.Contains(PictureSplit.Validation))
        {
            origin += $"{string.Join(", ", listing.Splits)} as given".ToLowerInvariant();
        }
        else
        {
            var groupOf = settings.Group is { } pattern ? SeededSplit.GroupBy(pattern) : layout.Group;
            origin += Invariant($"a seeded {100 * SeededSplit.ValidationShare:0} % of the training pictures held out for validation")
                + (train.Any(sample => groupOf(sample.Pair.Name) != sample.Pair.Name) ? ", groups kept together" : "")
                + Invariant($" (seed {settings.DataSeed})");
            (train, validation) = SeededSplit.Split(train, groupOf, settings.DataSeed);
        }

        if (train.Count < 2 || validation.Count < 1)
        {
            throw new UserError($"--data: {train.Count} pictures to train on and {validation.Count} to validate on are too few; needed are 2 and 1, in groups that can be parted");
        }

        var channels = samples.All(sample => sample.IsGrey) ? 1 : 3;
        List<Case> Cases(List<PictureSample> part) => [.. part.Select(sample => ToCase(sample, channels, settings.Size))];
        return new(Cases(train), Cases(validation), Cases(test), classes, layout.IgnoreIndex, origin);
    }

    /// <summary>As many classes as the largest class number asks for; masks that hold no class numbers do not fit in with several.</summary>
    private static string[] ClassNames(List<PictureSample> samples, IPictureLayout layout, PictureListing listing)
    {
        var count = 1 + samples.Select(sample => (int)layout.Labels(sample.Pair.Masks[0], sample.LargestMaskValue)[sample.LargestMaskValue])
            .DefaultIfEmpty().Max();
        if (count <= 2)
        {
            return ["background", "foreground"];
        }

        foreach (var sample in samples.Where(sample => sample.LargestMaskValue >= LabelTable.NumberLimit))
        {
            listing.AddProblem(sample.Pair.Image, Invariant($"its mask has values up to {sample.LargestMaskValue}, while others hold class numbers up to {count - 1}"));
        }

        samples.RemoveAll(sample => sample.LargestMaskValue >= LabelTable.NumberLimit);
        return ["background", .. Enumerable.Range(1, count - 1).Select(number => Invariant($"class {number}"))];
    }

    private static void RequireUsable(List<PictureSample> samples, PictureListing listing, ExperimentSettings settings)
    {
        var problems = listing.Problems.ToList();
        var first = problems.Count == 0 ? "" : $"; first of {problems.Count} problems: {problems[0]}";
        PictureSplit[] wanted = [PictureSplit.Train, .. listing.Splits];
        foreach (var split in wanted.Where(split => !samples.Any(sample => sample.Pair.Split == split)))
        {
            throw new UserError($"--data: {settings.Data}: no picture with a usable mask is left{(split == PictureSplit.Train ? "" : $" for {split}")}{first}");
        }

        if (!samples.Any(sample => sample.Labels.Any(label => label > 0)))
        {
            throw new UserError($"--data: {settings.Data}: no mask has any foreground (--help says what counts as foreground){first}");
        }
    }

    private static Case ToCase(PictureSample sample, int channels, IReadOnlyList<int> size) => new(
        sample.Pair.Name,
        tensor(sample.Pixels[..(channels * sample.Labels.Length)], [channels, size[0], size[1]]),
        tensor(sample.Labels, [size[0], size[1]]), [1, 1]);
}
