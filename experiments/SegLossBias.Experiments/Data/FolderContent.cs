namespace SegLossBias.Experiments.Data;

/// <summary>What a folder holds.</summary>
internal sealed class FolderContent(string folder)
{
    private const int Named = 8;

    /// <summary>Demands folders by name.</summary>
    public static void Require(string folder, string layout, params string[] names)
    {
        if (!names.All(name => Directory.Exists(Path.Combine(folder, name))))
        {
            throw Misfit(folder, layout, string.Join(" and ", names.Select(name => name + "/")));
        }
    }

    /// <param name="folder">The folder that was looked into.</param>
    /// <param name="layout">What it was taken for.</param>
    /// <param name="wanted">What was looked for.</param>
    public static UserError Misfit(string folder, string layout, string wanted) =>
        new($"--data: {folder} does not have the layout {layout}: looked for {wanted}, found {Describe(folder)}");

    /// <summary>Whether there is a file or folder of that name.</summary>
    public bool Has(string name) => Path.Exists(Path.Combine(folder, name));

    /// <summary>Whether there is a file whose name fits a pattern such as <c>*.nii</c>, in the folder or one below it.</summary>
    public bool HasFiles(string pattern, string below = "") =>
        Directory.Exists(Path.Combine(folder, below)) && Directory.EnumerateFiles(Path.Combine(folder, below), pattern).Any();

    /// <summary>Whether there is a file of that name that has a text in it.</summary>
    public bool Mentions(string name, string text) =>
        Path.Combine(folder, name) is var path && File.Exists(path) && PlainFile.HasContent(path) && File.ReadAllText(path).Contains(text, StringComparison.Ordinal);

    private static string Describe(string folder)
    {
        var found = Directory.GetDirectories(folder).Select(name => Path.GetFileName(name) + "/").Order(StringComparer.Ordinal)
            .Concat(Directory.GetFiles(folder).Select(name => Path.GetFileName(name)).Order(StringComparer.Ordinal)).ToList();
        return found.Count == 0 ? "nothing"
            : string.Join(", ", found.Take(Named)) + (found.Count > Named ? $" and {found.Count - Named} more" : "");
    }
}
