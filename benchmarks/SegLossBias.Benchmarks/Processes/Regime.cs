namespace SegLossBias.Benchmarks.Processes;

/// <summary>How the C library hands out the memory of large tensors, which decides how many page faults are timed.</summary>
internal enum Regime
{
    /// <summary>Freed memory is kept and used again: times are those of the computation.</summary>
    Reuse,

    /// <summary>libtorch asks for huge pages: few faults for large tensors.</summary>
    Huge,

    /// <summary>Every large tensor is fresh memory.</summary>
    Default,
}
