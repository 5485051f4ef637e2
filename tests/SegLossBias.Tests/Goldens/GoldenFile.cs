using System.Collections.Concurrent;
using System.Text.Json;

namespace SegLossBias.Tests.Goldens;

/// <summary>A golden file: inputs by name, and cases. What it lacks is skipped by name, never taken for tested.</summary>
internal sealed class GoldenFile
{
    private const string FolderVariable = "SEGLOSSBIAS_GOLDENS";

    private static readonly ConcurrentDictionary<string, GoldenFile> Read = new();

    private GoldenFile(string name, JsonElement root) => (Name, Root) = (name, root);

    internal string Name { get; }

    internal JsonElement Root { get; }

    /// <summary>The file, or null where the folder has none.</summary>
    /// <param name="name">The file.</param>
    /// <param name="folder">Its folder; null for that of the environment, or else the project's own.</param>
    internal static GoldenFile? Open(string name, string? folder = null)
    {
        var given = folder ?? Environment.GetEnvironmentVariable(FolderVariable);
        if (!string.IsNullOrEmpty(given) && !Directory.Exists(given))
        {
            throw new DirectoryNotFoundException($"{FolderVariable} says that golden values are in {given}, but there is no such folder; correct it, or unset the variable to test against the project's own.");
        }

        var path = Path.Combine(string.IsNullOrEmpty(given) ? Path.Combine(AppContext.BaseDirectory, "Goldens") : given, name);
        return File.Exists(path) ? Read.GetOrAdd(path, file => new(name, JsonDocument.Parse(File.ReadAllText(file)).RootElement)) : null;
    }

    internal static GoldenFile OpenOrSkip(string name, string? folder = null)
    {
        var file = Open(name, folder);
        Skip.If(file is null, $"the folder of the goldens has no {name}");
        return file;
    }

    /// <summary>The entries of a section; none where the file lacks it.</summary>
    internal JsonElement[] Section(string name) => Root.Find(name) is { ValueKind: JsonValueKind.Array } section ? [.. section.EnumerateArray()] : [];

    internal JsonElement EntryOrSkip(string section, int index)
    {
        var entries = Section(section);
        Skip.If(index >= entries.Length, $"{Name} has no {section}");
        return entries[index];
    }

    internal Scene InputOrSkip(string name)
    {
        var input = Input(name);
        return new Scene(
            Enum.Parse<SegmentationMode>(input.Need("mode", name).GetString()!, ignoreCase: true),
            Longs(input.Need("shape", name)),
            input.Need("logits", name).Numbers(),
            Longs(input.Need("labels", name)));
    }

    /// <summary>The shape in which the labels are handed over; that of the mode where the file does not say.</summary>
    internal long[] LabelShape(string name, Scene scene) => Input(name).Find("label_shape") is { } shape ? Longs(shape) : scene.LabelShape;

    private static long[] Longs(JsonElement array) => [.. array.EnumerateArray().Select(item => (long)item.GetDouble())];

    private JsonElement Input(string name) => Root.Need("inputs", Name).Need(name, $"inputs of {Name}");
}
