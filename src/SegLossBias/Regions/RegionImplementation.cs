namespace SegLossBias;

/// <summary>The two implementations of the region statistics; they agree in value and gradient.</summary>
internal enum RegionImplementation
{
    /// <summary>Tensor operations: any device.</summary>
    Composed,

    /// <summary>One pass over memory on the CPU.</summary>
    Fused,
}
