using System.Globalization;
using System.Runtime.InteropServices;

namespace SegLossBias.Benchmarks.Measuring;

/// <summary>How much resident memory an action needs at its peak above what was resident before, on Linux.</summary>
/// <remarks>
/// Counts every page the process touches, libtorch's and .NET's alike. Memory that the allocator kept from before would not
/// be counted, so it gives it back first; see <see cref="ProcessEnvironment.Memory"/> for the rest.
/// </remarks>
internal static partial class PeakMemory
{
    private const string ResetFile = "/proc/self/clear_refs";
    private const string ResetPeak = "5";

    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && TryReset();

    /// <summary>Bytes above the level before; null where the system does not tell.</summary>
    public static long? Above(Action action)
    {
        if (!IsSupported)
        {
            return null;
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        _ = malloc_trim(0);
        TryReset();
        var before = Read("VmRSS:");
        action();
        return Math.Max(0, Read("VmHWM:") - before);
    }

    private static bool TryReset()
    {
        try
        {
            using var file = File.OpenHandle(ResetFile, FileMode.Open, FileAccess.Write);
            RandomAccess.Write(file, System.Text.Encoding.ASCII.GetBytes(ResetPeak), 0);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static long Read(string field)
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint pad);
}
