using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;

namespace SegLossBias.Benchmarks;

/// <summary>What BenchmarkDotNet measures and how; its command line adds to it.</summary>
internal static class BenchmarkConfig
{
    private static readonly (string Name, string? Disabled)[] InstructionSets =
    [
        ("best", null),
        ("no AVX-512", "DOTNET_EnableAVX512"),
        ("no AVX2", "DOTNET_EnableAVX2"),
        ("no vectors", "DOTNET_EnableHWIntrinsic"),
    ];

    public static IConfig Create(Settings settings)
    {
        var config = DefaultConfig.Instance
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumn(new PeakMemoryColumn(settings.Threads))
            .AddFilter(new SimpleFilter(IsSensible));

        if (settings.InstructionSets)
        {
            return config.AddJob([.. InstructionSets.Select(Job)]);
        }

        // BenchmarkDotNet prefers a default job to one named on the command line.
        return settings.Others.Intersect(["--job", "-j"]).Any() ? config : config.AddJob(Base.AsDefault());
    }

    /// <summary>A call takes up to seconds: few iterations, enough for a median.</summary>
    private static Job Base => BenchmarkDotNet.Jobs.Job.Default.WithWarmupCount(2).WithMinIterationCount(5).WithMaxIterationCount(10);

    private static Job Job((string Name, string? Disabled) set)
    {
        var job = Base.WithId(set.Name);
        return set.Disabled is null ? job : job.WithEnvironmentVariable(set.Disabled, "0");
    }

    /// <summary>MONAI has a DiceCE only.</summary>
    private static bool IsSensible(BenchmarkCase benchmark) =>
        benchmark.Descriptor.WorkloadMethod.Name != nameof(LossBenchmarks.Monai) || Equals(benchmark.Parameters[nameof(LossBenchmarks.Loss)], "DiceCE");
}
