using System.Runtime.InteropServices;

namespace SegLossBias;

/// <summary>
/// Asks Linux to back large fresh memory with pages of 2 MB: the first write to each page costs a fault, and with 4 KB
/// pages those cost far more than the gradient itself. Only advice; nothing depends on it, and where the system's
/// library has no such call (musl goes by another name) it is asked once and never again.
/// </summary>
/// <param name="call">Address, length and kind of the advice; what it returns does not matter.</param>
internal sealed partial class HugePages(Func<nint, nuint, int, int> call)
{
    private const long Page = 2 << 20;
    private const int AdviseHugePages = 14;

    private volatile bool _isMissing;

    /// <summary>Those of the system.</summary>
    internal static HugePages Default { get; } = new(madvise);

    /// <summary>Advises for the whole huge pages inside a range; does nothing for a small one or on another system.</summary>
    internal void Advise(nint start, long bytes)
    {
        if (!OperatingSystem.IsLinux() || bytes < 2 * Page || _isMissing)
        {
            return;
        }

        var first = (start + Page - 1) / Page * Page;
        var last = (start + bytes) / Page * Page;
        try
        {
            _ = call((nint)first, (nuint)(last - first), AdviseHugePages);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            _isMissing = true;
        }
    }

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int madvise(nint address, nuint length, int advice);
}
