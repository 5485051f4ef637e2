namespace SegLossBias.Experiments.Data;

/// <summary>The layouts of data that the program knows: every <see cref="IDataLayout"/> there is.</summary>
internal static class DataLayouts
{
    /// <summary>The layout without files.</summary>
    public const string Generated = "Generated";

    /// <summary>In the order of their names.</summary>
    public static readonly IReadOnlyList<IDataLayout> All = Implementations.Of<IDataLayout>(layout => layout.Name);

    /// <exception cref="UserError">There is no layout of that name, in any case.</exception>
    public static IDataLayout Find(string name) => All.FirstOrDefault(layout => string.Equals(layout.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw UserError.Usage($"--layout: there is no layout '{name}'; known are {string.Join(", ", All.Select(layout => layout.Name))}");

    /// <summary>The layout of a folder, by what only that layout has.</summary>
    /// <exception cref="UserError">There is no such folder.</exception>
    public static IDataLayout Guess(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new UserError($"--data: there is no folder {folder}");
        }

        var content = new FolderContent(folder);
        return All.FirstOrDefault(layout => layout.Fits(content)) ?? All.Single(layout => layout.IsFallback);
    }

    /// <summary>Loads the data of an experiment by its layout.</summary>
    public static CaseSplits Load(ExperimentSettings settings, ICollection<string> leftOut) => Find(settings.Layout).Load(settings, leftOut);
}
