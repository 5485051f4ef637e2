namespace SegLossBias.Experiments.Data;

/// <summary>Says what a folder holds, where it does not hold what a layout wants.</summary>
internal static class FolderContent
{
    private const int Named = 8;

    /// <summary>Demands folders by name.</summary>
    public static void Require(string folder, DataLayout layout, params string[] names)
    {
        if (!names.All(name => Directory.Exists(Path.Combine(folder, name))))
        {
            throw Misfit(folder, layout, string.Join(" and ", names.Select(name => name + "/")));
        }
    }

    /// <param name="folder">The folder that was looked into.</param>
    /// <param name="layout">What it was taken for.</param>
    /// <param name="wanted">What was looked for.</param>
    public static UserError Misfit(string folder, DataLayout layout, string wanted) =>
        new($"--data: {folder} does not have the layout {layout}: looked for {wanted}, found {Describe(folder)}");

    private static string Describe(string folder)
    {
        var found = Directory.GetDirectories(folder).Select(name => Path.GetFileName(name) + "/").Order(StringComparer.Ordinal)
            .Concat(Directory.GetFiles(folder).Select(name => Path.GetFileName(name)).Order(StringComparer.Ordinal)).ToList();
        return found.Count == 0 ? "nothing"
            : string.Join(", ", found.Take(Named)) + (found.Count > Named ? $" and {found.Count - Named} more" : "");
    }
}
