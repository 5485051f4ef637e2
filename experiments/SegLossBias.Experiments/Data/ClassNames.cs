using static System.FormattableString;

namespace SegLossBias.Experiments.Data;

/// <summary>Names of the classes of data that no description names: those of <c>classes.txt</c>, else numbers.</summary>
internal static class ClassNames
{
    /// <summary>One name per line; the first is class 0.</summary>
    public const string ListFile = "classes.txt";

    /// <summary>What is wrong where classes are named and nothing is of any.</summary>
    public const string Hint = $"; {ListFile} names classes, so 255 is ignored: leave it out where masks hold 0 and 255";

    /// <summary>Labels are bytes, of which one is the ignored label.</summary>
    private const int Most = byte.MaxValue;

    /// <returns>Null without a list.</returns>
    /// <exception cref="UserError">It does not name 2 to 255 classes, each once.</exception>
    public static IReadOnlyList<string>? Read(string folder)
    {
        var path = Path.Combine(folder, ListFile);
        if (!File.Exists(path))
        {
            return null;
        }

        string[] names = [.. PlainFile.ReadLines(path)];
        return names.Length is < 2 or > Most ? throw new UserError(Invariant($"{path} names {names.Length} classes; 2 to {Most} are possible, one a line, class 0 first"))
            : names.Distinct().Count() < names.Length ? throw new UserError($"{path} names a class twice; every line must name another")
            : names;
    }

    /// <summary>Background and as many classes as the largest label asks for.</summary>
    public static string[] Numbered(int largestLabel) => largestLabel == 1 ? [MeasuredClasses.Background, "foreground"]
        : [MeasuredClasses.Background, .. Enumerable.Range(1, largestLabel).Select(number => Invariant($"class {number}"))];

    /// <summary>255 is the foreground in masks of 0 and 255 and ignored beside class numbers: masks of both kinds in one folder can mean two things.</summary>
    /// <param name="folder">The data's.</param>
    /// <param name="numbers">Files with class numbers.</param>
    /// <param name="white">Files with 0 and 255.</param>
    public static UserError Mixed(string folder, IReadOnlyList<string> numbers, IReadOnlyList<string> white) => new(Invariant(
        $"--data: {folder}: {numbers.Count} masks hold class numbers, such as {Relative(folder, numbers[0])}, and {white.Count} hold 0 and 255, such as {Relative(folder, white[0])}; all must be of one kind, or name the classes in {ListFile}, one a line: then 255 is ignored"));

    private static string Relative(string folder, string file) => Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/');
}
