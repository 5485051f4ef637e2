using System.Diagnostics;
using System.Globalization;

namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>Runs cases in child processes, so that one that ends its process is named and the run goes on behind it.</summary>
internal sealed class Fuzzer(ulong seed)
{
    private const int BatchSize = 250;

    /// <summary>How long one case may take; a slow machine needs some tenths of a second for most.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A fault to hide among the cases; null in earnest.</summary>
    internal string? Planted { get; init; }

    /// <summary>Gets a line for each case that failed.</summary>
    internal Action<string> Failed { get; init; } = _ => { };

    /// <summary>Gets the number of cases done after each batch.</summary>
    internal Action<int> Progress { get; init; } = _ => { };

    /// <summary>What the last case was.</summary>
    internal string LastInput { get; private set; } = "";

    /// <summary>How many of the cases failed.</summary>
    internal int Run(int first, int count)
    {
        var (next, end, failures) = (first, first + count, 0);
        while (next < end)
        {
            var (reached, failed) = RunBatch(next, Math.Min(BatchSize, end - next));
            (next, failures) = (reached, failures + failed);
            Progress(next - first);
        }

        return failures;
    }

    /// <returns>The case to go on with, and how many failed.</returns>
    private (int Next, int Failures) RunBatch(int first, int count)
    {
        using var child = Start(first, count);
        var errors = child.StandardError.ReadToEndAsync();
        var (next, failures, input) = (first, 0, "while it was made");
        while (ReadLine(child) is { } line)
        {
            var parts = line.Split(' ', 3);
            if (parts.Length < 3 || line[0] is not (FuzzBatch.Begins or FuzzBatch.Right or FuzzBatch.Wrong))
            {
                continue;
            }

            next = int.Parse(parts[1], CultureInfo.InvariantCulture);
            switch (line[0])
            {
                case FuzzBatch.Begins:
                    LastInput = input = parts[2];
                    continue;
                case FuzzBatch.Wrong:
                    failures++;
                    Report(next, input, parts[2]);
                    break;
            }

            (next, input) = (next + 1, "while it was made");
        }

        var isStuck = !child.WaitForExit(TimeSpan.FromSeconds(10));
        if (isStuck)
        {
            child.Kill(entireProcessTree: true);
            child.WaitForExit();
        }

        if (next < first + count)
        {
            failures++;
            Report(next, input, isStuck
                ? FormattableString.Invariant($"expected an end within {Patience.TotalSeconds:F0} s, none came")
                : $"expected the process to live on, it ended with code {child.ExitCode}: {Refusal.OnOneLine(errors.Result)}");
            next++;
        }

        return (next, failures);
    }

    /// <summary>The next line of a child; null where it has ended or says nothing for too long.</summary>
    private string? ReadLine(Process child)
    {
        var line = child.StandardOutput.ReadLineAsync();
        return line.Wait(Patience) ? line.Result : null;
    }

    private void Report(int number, string input, string problem) => Failed(FormattableString.Invariant($"{seed}:{number} {input}: {problem}"));

    private Process Start(int first, int count)
    {
        // 'dotnet test' runs the assembly inside a process of its own; both times the host is dotnet.
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments = [typeof(Fuzzer).Assembly.Location, FuzzBatch.Command, $"{seed}", $"{first}", $"{count}", .. Planted is null ? [] : (string[])[Planted]];
        Array.ForEach(arguments, start.ArgumentList.Add);
        return Process.Start(start) ?? throw new InvalidOperationException("the child process did not start.");
    }
}
