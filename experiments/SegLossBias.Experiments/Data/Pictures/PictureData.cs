namespace SegLossBias.Experiments.Data;

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
        var groupOf = settings.Group is { } pattern ? CaseGroup.By(pattern) : layout.Group;
        var listing = new PictureListing(folder);
        try
        {
            layout.List(folder, listing);
            var pairs = listing.Pairs(layout.OneMaskPerLesion);
            var samples = new PictureReader(layout, settings.Size[0], settings.Size[1]).Read(pairs, listing);
            return new PictureCases(layout, listing, settings).Split(samples, groupOf);
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
}
