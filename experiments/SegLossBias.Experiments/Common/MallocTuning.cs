using System.Runtime.InteropServices;

namespace SegLossBias.Experiments.Common;

/// <summary>Asks the C library to keep freed memory for the next step instead of giving it back to the system.</summary>
/// <remarks>Every step of a training allocates the same sizes again; fresh pages from the system can cost several times the arithmetic.</remarks>
internal static class MallocTuning
{
    /// <summary>Free memory at the end of the heap goes back to the system above this, in bytes.</summary>
    private const int TrimThreshold = -1;

    /// <summary>How many large blocks may be mapped one by one.</summary>
    private const int MostMappings = -4;

    /// <summary>Does nothing where the C library is not glibc.</summary>
    public static void Use()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = SetOption(MostMappings, 0);
            _ = SetOption(TrimThreshold, int.MaxValue);
        }
        catch (Exception other) when (other is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library, with an allocator of its own.
        }
    }

    [DllImport("libc.so.6", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int SetOption(int option, int value);
}
