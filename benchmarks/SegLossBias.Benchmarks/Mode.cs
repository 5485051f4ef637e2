namespace SegLossBias.Benchmarks;

/// <summary>What the program does.</summary>
internal enum Mode
{
    BenchmarkDotNet,
    Quick,
    Memory,
    Targets,
    Families,
}
