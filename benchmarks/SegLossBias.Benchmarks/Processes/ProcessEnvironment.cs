using System.Globalization;

namespace SegLossBias.Benchmarks.Processes;

/// <summary>
/// Environment variables that the C library, libtorch and .NET read when a process starts. A program that needs others than
/// it was started with runs itself again; see <see cref="SelfProcess"/>.
/// </summary>
internal static class ProcessEnvironment
{
    private const string NeverTrim = "200000000000";
    private const string SmallBlock = "65536";

    /// <summary>A regime has a meaning on Linux alone.</summary>
    public static Regime Effective(Regime regime) => OperatingSystem.IsLinux() ? regime : Regime.Default;

    /// <param name="regime">How memory is handed out.</param>
    /// <param name="threads">The threads of libtorch; null for its default.</param>
    public static Dictionary<string, string?> For(Regime regime, int? threads)
    {
        var reuse = Effective(regime) == Regime.Reuse;
        return WithThreads(threads, new()
        {
            ["MALLOC_MMAP_MAX_"] = reuse ? "0" : null,
            ["MALLOC_TRIM_THRESHOLD_"] = reuse ? NeverTrim : null,
            ["MALLOC_MMAP_THRESHOLD_"] = null,
            ["THP_MEM_ALLOC_ENABLE"] = Effective(regime) == Regime.Huge ? "1" : null,
        });
    }

    /// <summary>For peaks of memory: what is freed goes back at once, and .NET compiles nothing twice.</summary>
    public static Dictionary<string, string?> Memory(int? threads) => WithThreads(threads, new()
    {
        ["MALLOC_MMAP_MAX_"] = null,
        ["MALLOC_TRIM_THRESHOLD_"] = SmallBlock,
        ["MALLOC_MMAP_THRESHOLD_"] = SmallBlock,
        ["THP_MEM_ALLOC_ENABLE"] = null,
        ["DOTNET_TieredCompilation"] = "0",
    });

    /// <summary>For short runs in one process: .NET counts calls from the start, so that hot code soon has its final form.</summary>
    public static Dictionary<string, string?> Quick(Regime regime, int? threads)
    {
        var variables = For(regime, threads);
        variables["DOTNET_TC_CallCountingDelayMs"] = "0";
        return variables;
    }

    /// <summary>Whether this process was started with these variables.</summary>
    public static bool Has(IReadOnlyDictionary<string, string?> variables) =>
        variables.All(variable => Environment.GetEnvironmentVariable(variable.Key) == variable.Value);

    private static Dictionary<string, string?> WithThreads(int? threads, Dictionary<string, string?> variables)
    {
        if (threads is { } number)
        {
            variables["OMP_NUM_THREADS"] = number.ToString(CultureInfo.InvariantCulture);
        }

        return variables;
    }
}
