namespace SegLossBias.Tests.Kernels;

/// <summary>The kernels of every vector width; those wider than the machine's fall back to software and are as right.</summary>
internal static class KernelTable
{
    internal static IEnumerable<RegionKernel> All(ScalarType logits) => logits == ScalarType.Float64 ? All<double>() : All<float>();

    /// <summary>The kernel that the library takes on this machine.</summary>
    internal static RegionKernel[] Chosen(ScalarType logits) =>
        [RegionKernel.For(logits == ScalarType.Float64 ? ElementType.Float64 : ElementType.Float32)];

    private static IEnumerable<RegionKernel> All<T>()
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> =>
        [new RegionKernel<LanesScalar<T>, T>(), new RegionKernel<Lanes128<T>, T>(), new RegionKernel<Lanes256<T>, T>(), new RegionKernel<Lanes512<T>, T>()];
}
