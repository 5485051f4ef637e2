using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SegLossBias.Benchmarks.Processes;
using static TorchSharp.torch;

namespace SegLossBias.Benchmarks.Reporting;

/// <summary>What a reader of times must know.</summary>
internal static class Machine
{
    public static IEnumerable<string> Describe(Settings settings) =>
    [
        $"{Processor()}, {Environment.ProcessorCount} cores, {Vectors()}; {RuntimeInformation.OSDescription}",
        $"libtorch {__version__}, {RuntimeInformation.FrameworkDescription}, {get_num_threads()} threads, OMP_WAIT_POLICY {Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") ?? "not set"}",
        $"{(settings.Backward ? "forward and backward" : "forward")}, memory regime {ProcessEnvironment.Effective(settings.Regime).ToString().ToLowerInvariant()}, {DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC",
    ];

    private static string Processor()
    {
        const string CpuInfo = "/proc/cpuinfo";
        var model = File.Exists(CpuInfo)
            ? File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
        return model ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static string Vectors() =>
        Vector512.IsHardwareAccelerated ? "512-bit vectors" :
        Vector256.IsHardwareAccelerated ? "256-bit vectors" :
        Vector128.IsHardwareAccelerated ? "128-bit vectors" : "no vectors";
}
