namespace SegLossBias.Experiments.Data;

/// <summary>Reads the pictures of an experiment from files of any layout of pictures.</summary>
internal static class PictureData
{
    /// <param name="layout">How the files are laid out.</param>
    /// <param name="settings">Folder, size, fit, split, grouping and the data's seed.</param>
    /// <param name="leftOut">Receives one line per file that could not be used, also when no data is left.</param>
    /// <exception cref="UserError">The folder does not fit the layout, or too little of it is usable.</exception>
    public static CaseSplits Load(IPictureLayout layout, ExperimentSettings settings, ICollection<string> leftOut)
    {
        if (settings.Size is not [> 0, > 0])
        {
            throw UserError.Usage($"--size: pictures need a height and a width above 0, not {string.Join(',', settings.Size)}");
        }

        var folder = Folder(settings);
        var groupOf = settings.Group is { } pattern ? CaseGroup.By(pattern) : layout.Group;
        var classes = layout.ClassesOf(folder);
        var listing = new PictureListing(folder);
        try
        {
            layout.List(folder, listing);
            if (settings is { Split: { } split } && SplitShares.Parse(split) is null)
            {
                listing.Take(SplitLists.Read(folder, split));
            }

            var reader = new PictureReader(layout, settings, classes?.Count);
            var samples = reader.Read(listing.Pairs(layout.OneMaskPerLesion), listing);
            return new PictureCases(layout, classes, listing, settings, reader).Split(samples, groupOf);
        }
        finally
        {
            foreach (var problem in listing.Problems)
            {
                leftOut.Add(problem);
            }
        }
    }

    private static string Folder(ExperimentSettings settings) =>
        settings.Data is null ? throw UserError.Usage($"--data: the layout {settings.Layout} needs a folder")
        : Directory.Exists(settings.Data) ? settings.Data
        : throw new UserError($"--data: there is no folder {settings.Data}");
}
