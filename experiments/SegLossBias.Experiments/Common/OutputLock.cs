namespace SegLossBias.Experiments.Common;

/// <summary>Keeps a second process out of an output folder. The system lets go of it however the process ends.</summary>
internal sealed class OutputLock : IDisposable
{
    private readonly FileStream _file;

    private OutputLock(FileStream file) => _file = file;

    /// <exception cref="UserError">Another process works there, or the folder cannot be written.</exception>
    public static OutputLock Take(string folder)
    {
        OutputFolder.Prepare(folder);
        try
        {
            return new(new FileStream(Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1));
        }
        catch (IOException)
        {
            throw new UserError($"--out: another process is working in {folder}; wait for it or name another folder");
        }
    }

    public void Dispose() => _file.Dispose();
}
