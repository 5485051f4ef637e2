using System.CommandLine;
using System.Text;
using BenchmarkDotNet.Running;
using SegLossBias.Benchmarks;
using SegLossBias.Benchmarks.Measuring;
using SegLossBias.Benchmarks.Processes;

var parsed = Options.Create(Run).Parse(args);
try
{
    return parsed.Errors.Count == 0
        ? parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false })
        : throw UserError.Usage(parsed.Errors[0].Message);
}
catch (Exception error) when (error is UserError or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"error: {error.Message}");
    return (error as UserError)?.ExitCode ?? UserError.Failed;
}

int Run(Settings settings)
{
    if (!ProcessEnvironment.Has(settings.Environment))
    {
        return SelfProcess.Run(settings.Environment, args);
    }

    switch (settings.Mode)
    {
        case Mode.Quick:
            QuickRun.Run(settings);
            return 0;
        case Mode.Families:
            FamilyRun.Run(settings);
            return 0;
        case Mode.Targets:
            TargetRun.Run(settings);
            return 0;
        case Mode.Memory:
            MemoryRun.Print(settings);
            return 0;
        default:
            _ = BenchmarkSwitcher.FromAssembly(typeof(Settings).Assembly).Run(settings.Others, BenchmarkConfig.Create(settings));
            return 0;
    }
}
