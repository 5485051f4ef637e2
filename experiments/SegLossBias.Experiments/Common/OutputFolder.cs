namespace SegLossBias.Experiments.Common;

internal static class OutputFolder
{
    /// <summary>Creates the folder and makes sure, before any work is done, that files can be written into it.</summary>
    public static void Prepare(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            using var probe = new FileStream(
                Path.Combine(folder, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new UserError($"--out: cannot write to {folder}: {cannot.Message}");
        }
    }

    /// <summary>The folder itself, or with a number behind its name: the first that is not there yet.</summary>
    public static string Unused(string folder) =>
        Enumerable.Range(2, int.MaxValue - 2).Select(i => FormattableString.Invariant($"{folder}-{i}")).Prepend(folder).First(name => !Path.Exists(name));
}
