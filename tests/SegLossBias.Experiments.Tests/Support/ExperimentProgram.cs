using System.Diagnostics;

namespace SegLossBias.Experiments.Tests;

/// <summary>The program as a process of its own.</summary>
internal sealed class ExperimentProgram : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private ExperimentProgram(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _errors = process.StandardError.ReadToEndAsync();
    }

    public static string Assembly => typeof(LossSpec).Assembly.Location;

    public string Output => _output.Result;

    public string Errors => _errors.Result;

    public bool HasEnded => _process.HasExited;

    public static ExperimentProgram Start(params string[] arguments) => StartProcess("dotnet", [Assembly, .. arguments]);

    public static ExperimentProgram StartProcess(string program, string[] arguments, string folder = "")
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        return new(Process.Start(start)!);
    }

    /// <summary>Runs to its end.</summary>
    public static (int ExitCode, string Output, string Errors) Run(params string[] arguments)
    {
        using var program = Start(arguments);
        return (program.ExitCode(), program.Output, program.Errors);
    }

    public int ExitCode()
    {
        if (!_process.WaitForExit(Limit))
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"the program did not end within {Limit}");
        }

        return _process.ExitCode;
    }

    /// <summary>As the out-of-memory killer or a power cut would: no handler runs.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>As Ctrl-C does.</summary>
    public void Interrupt()
    {
        using var kill = Process.Start("kill", ["-INT", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
