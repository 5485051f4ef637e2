using SegLossBias.Benchmarks.Cases;
using SegLossBias.Benchmarks.Eager;
using SegLossBias.Benchmarks.Processes;

namespace SegLossBias.Benchmarks;

/// <summary>The command line, checked.</summary>
internal sealed class Settings
{
    public required Mode Mode { get; init; }

    public required string[] Losses { get; init; }

    /// <summary>The rows of --families or --all; else none.</summary>
    public required IReadOnlyList<FamilyCase> Families { get; init; }

    public required Shape[] Shapes { get; init; }

    public required string[] Implementations { get; init; }

    public required bool Backward { get; init; }

    public required int? Threads { get; init; }

    public required double Seconds { get; init; }

    public required Regime Regime { get; init; }

    public required string? Picture { get; init; }

    public required string? Table { get; init; }

    /// <summary>Whether the candidate of the quick run is the composed implementation.</summary>
    public required bool Composed { get; init; }

    public required bool InstructionSets { get; init; }

    /// <summary>Arguments for BenchmarkDotNet.</summary>
    public required string[] Others { get; init; }

    /// <summary>What the process must have been started with.</summary>
    public Dictionary<string, string?> Environment => Mode switch
    {
        Mode.Quick or Mode.Targets or Mode.Families => ProcessEnvironment.Quick(Regime, Threads),
        Mode.Memory => ProcessEnvironment.Memory(Threads),
        _ => ProcessEnvironment.For(Regime, Threads),
    };
}
