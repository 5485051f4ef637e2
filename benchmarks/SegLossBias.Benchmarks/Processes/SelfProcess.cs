using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SegLossBias.Benchmarks.Processes;

/// <summary>This program, run once more with other environment variables.</summary>
internal static class SelfProcess
{
    /// <summary>Runs it in place of this process, with the same console.</summary>
    /// <returns>Its exit code.</returns>
    public static int Run(IReadOnlyDictionary<string, string?> variables, IEnumerable<string> arguments)
    {
        using var process = Start(variables, arguments, captureOutput: false);
        using var interrupted = KillOn(PosixSignal.SIGINT, process);
        using var terminated = KillOn(PosixSignal.SIGTERM, process);
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Runs it and returns the lines of its standard output.</summary>
    /// <exception cref="UserError">It failed; it has said why on standard error.</exception>
    public static IReadOnlyList<string> Lines(IReadOnlyDictionary<string, string?> variables, IEnumerable<string> arguments)
    {
        using var process = Start(variables, arguments, captureOutput: true);
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        return process.ExitCode == 0 ? lines : throw new UserError($"the process that measures memory ended with code {process.ExitCode}");
    }

    private static Process Start(IReadOnlyDictionary<string, string?> variables, IEnumerable<string> arguments, bool captureOutput)
    {
        var host = Environment.ProcessPath!;
        var start = new ProcessStartInfo(host) { UseShellExecute = false, RedirectStandardOutput = captureOutput };
        if (Path.GetFileNameWithoutExtension(host) == "dotnet")
        {
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static PosixSignalRegistration KillOn(PosixSignal signal, Process process) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        process.Kill(entireProcessTree: true);
    });
}
