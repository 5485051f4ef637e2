namespace SegLossBias.Experiments.Common;

/// <summary>Paths that a user or a file gives.</summary>
internal static class GivenPath
{
    /// <summary>The full path of a value of the command line.</summary>
    /// <exception cref="UserError">It can be no path.</exception>
    public static string Full(string option, string path) => CanBe(path) ? Path.GetFullPath(path) : throw UserError.Usage($"{option}: '{path.Replace("\0", "\\0", StringComparison.Ordinal)}' is no path");

    /// <summary>Whether a text can be a path; the systems take neither an empty one nor the character 0, Windows no blanks alone, and a line break would part a message.</summary>
    public static bool CanBe(string path) => !string.IsNullOrWhiteSpace(path) && !path.Any(char.IsControl);
}
