namespace SegLossBias.Experiments.Common;

/// <summary>Tells files with content from those that reading may wait for without end, such as named pipes.</summary>
/// <remarks>The system gives pipes, sockets and devices the length 0. Nothing of that length is a picture, a volume or a description.</remarks>
internal static class PlainFile
{
    /// <summary>Why <see cref="HasContent"/> is false, as the end of a sentence.</summary>
    public const string Otherwise = "is empty or not a plain file, such as a pipe";

    /// <summary>Whether a file, or what a link leads to, has a length above 0. It is not opened.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static bool HasContent(string path)
    {
        var file = new FileInfo(path);
        return (file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file).Length > 0;
    }

    /// <summary>The text of a file.</summary>
    /// <exception cref="IOException">It is not there, or has no content.</exception>
    public static string ReadText(string path) => HasContent(path) ? File.ReadAllText(path) : throw new IOException($"the file {Otherwise}");

    /// <summary>The lines of a file that have anything on them, trimmed.</summary>
    public static IEnumerable<string> ReadLines(string path) =>
        HasContent(path) ? File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0) : [];
}
