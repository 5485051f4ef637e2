using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Xml.Linq;

namespace SegLossBias.Tests.Kernels;

/// <summary>
/// The tests that concern every instruction set, again in processes that have fewer of them: the switches are read
/// when the runtime starts.
/// </summary>
public class SeparateRunTests
{
    [SkippableTheory]
    [InlineData("DOTNET_EnableAVX512", 256)]
    [InlineData("DOTNET_EnableAVX2", 128)]
    [InlineData("DOTNET_EnableHWIntrinsic", 0)]
    public void WithAnInstructionSetSwitchedOff_AllPass(string variable, int bits)
    {
        Skip.IfNot(string.IsNullOrEmpty(Environment.GetEnvironmentVariable(InstructionSetTests.Expectation)), "this is a separate run already");
        Skip.IfNot(X86Base.IsSupported && Widest > bits, $"this machine has no x86 vectors of more than {bits} bits to switch off");

        var results = Directory.CreateTempSubdirectory("SegLossBias.");
        try
        {
            var (output, exitCode) = Run(results.FullName, variable, bits);
            exitCode.Should().Be(0, "a process that crashes leaves its counts as they are: {0}", output);
            var file = Path.Combine(results.FullName, "run.trx");
            File.Exists(file).Should().BeTrue(output);
            var counters = XDocument.Load(file).Descendants().Single(element => element.Name.LocalName == "Counters");
            int Count(string name) => int.Parse(counters.Attribute(name)!.Value, System.Globalization.CultureInfo.InvariantCulture);
            Count("failed").Should().Be(0, output);
            Count("passed").Should().BeGreaterThan(40, output);
            Count("executed").Should().Be(Count("total"), "nothing is skipped there: {0}", output);
        }
        finally
        {
            results.Delete(recursive: true);
        }
    }

    private static int Widest => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;

    private static (string Output, int ExitCode) Run(string results, string variable, int bits)
    {
        // The variables are for the process that runs the tests, not for the one that starts it.
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "vstest",
                typeof(SeparateRunTests).Assembly.Location,
                "--TestCaseFilter:Runs=OnEveryInstructionSet",
                "--logger:trx;LogFileName=run.trx",
                $"--ResultsDirectory:{results}",
                "--",
                $"RunConfiguration.EnvironmentVariables.{variable}=0",
                $"RunConfiguration.EnvironmentVariables.{InstructionSetTests.Expectation}={bits}",
            },
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(5)))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        return (output.Result + errors.Result, process.ExitCode);
    }
}
