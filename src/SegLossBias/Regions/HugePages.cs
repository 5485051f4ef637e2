using System.Runtime.InteropServices;

namespace SegLossBias;

/// <summary>
/// Asks Linux to back large fresh memory with pages of 2 MB: the first write to each page costs a fault, and with 4 KB
/// pages those cost far more than the gradient itself. Only advice; nothing depends on it.
/// </summary>
internal static partial class HugePages
{
    private const long Page = 2 << 20;
    private const int AdviseHugePages = 14;

    /// <summary>Advises for the whole huge pages inside a range; does nothing for a small one or on another system.</summary>
    internal static void Advise(nint start, long bytes)
    {
        if (!OperatingSystem.IsLinux() || bytes < 2 * Page)
        {
            return;
        }

        var first = (start + Page - 1) / Page * Page;
        var last = (start + bytes) / Page * Page;
        _ = madvise((nint)first, (nuint)(last - first), AdviseHugePages);
    }

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int madvise(nint address, nuint length, int advice);
}
