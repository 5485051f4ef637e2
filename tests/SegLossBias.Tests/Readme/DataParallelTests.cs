using System.Diagnostics;
using System.Globalization;

namespace SegLossBias.Tests.Readme;

/// <summary>samples/DataParallel under mpirun: several processes end with the parameters of one.</summary>
public sealed class DataParallelTests : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "DataParallel.dll");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    [SkippableTheory]
    [InlineData(2)]
    [InlineData(3)]
    public void Processes_EndWithTheParametersOfOne(int count)
    {
        Skip.If(Mpirun is null, "there is no mpirun here; install openmpi-bin");
        var (single, several) = (Path.Combine(_folder.FullName, "1"), Path.Combine(_folder.FullName, $"{count}"));
        Run("dotnet", Program, "10", single).Should().Contain("on 1 processes");
        Run(Mpirun!, "--oversubscribe", "-n", $"{count}", "dotnet", Program, "10", several).Should().Contain($"on {count} processes");

        Numbers(single).Should().HaveCount((16 * 9) + 16 + (2 * 16) + 2);
        Numbers(several).ShouldMatch(Numbers(single));
    }

    /// <summary>Three processes and two images: the third one has none, and the others do not wait for it.</summary>
    [SkippableFact]
    public void AProcessWithoutAnImage_TakesPart()
    {
        Skip.If(Mpirun is null, "there is no mpirun here; install openmpi-bin");
        var (single, several) = (Path.Combine(_folder.FullName, "1"), Path.Combine(_folder.FullName, "3"));
        _ = Run("dotnet", Program, "5", single, "2");
        Run(Mpirun!, "--oversubscribe", "-n", "3", "dotnet", Program, "5", several, "2").Should().Contain("on 3 processes");
        Numbers(several).ShouldMatch(Numbers(single));
    }

    /// <summary>10 steps move the parameters: the comparison above is not one of initial weights.</summary>
    [SkippableFact]
    public void Steps_MoveTheParameters()
    {
        Skip.If(Mpirun is null, "there is no mpirun here; install openmpi-bin");
        var (none, ten) = (Path.Combine(_folder.FullName, "0"), Path.Combine(_folder.FullName, "10"));
        _ = Run("dotnet", Program, "0", none);
        _ = Run("dotnet", Program, "10", ten);
        Numbers(none).Zip(Numbers(ten)).Max(pair => Math.Abs(pair.First - pair.Second)).Should().BeGreaterThan(0.01);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string? Mpirun => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "mpirun")).FirstOrDefault(File.Exists);

    private static double[] Numbers(string file) => [.. File.ReadAllLines(file).Select(line => double.Parse(line, CultureInfo.InvariantCulture))];

    private static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new[] { ("OMPI_ALLOW_RUN_AS_ROOT", "1"), ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"), ("OMP_NUM_THREADS", "1"), ("OMP_WAIT_POLICY", "PASSIVE") })
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(TimeSpan.FromMinutes(3)))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        process.ExitCode.Should().Be(0, $"{output.Result}\n{errors.Result}");
        return output.Result;
    }
}
