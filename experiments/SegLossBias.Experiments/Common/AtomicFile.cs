namespace SegLossBias.Experiments.Common;

/// <summary>Writes files that are there whole or not at all.</summary>
internal static class AtomicFile
{
    /// <summary>
    /// Writes under another name, waits until the disk has it, then renames. Whenever the process or the machine stops,
    /// a reader finds the old content or the new one.
    /// </summary>
    /// <param name="path">A full path; its folder is created.</param>
    /// <param name="content">Writes; the stream can be read and sought too.</param>
    /// <exception cref="UserError">It cannot be written. The old content is still there.</exception>
    public static void Write(string path, Action<Stream> content)
    {
        var draft = path + ".part";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var stream = new FileStream(draft, FileMode.Create, FileAccess.ReadWrite))
            {
                content(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: true);
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"{path} cannot be written: {cannot.Message}; make room or give access to it, and start again");
        }
    }
}
