namespace SegLossBias;

/// <summary>Chooses the implementation of the region statistics for an input.</summary>
internal static class RegionPrimitive
{
    /// <param name="input">The checked input.</param>
    /// <param name="statistics">All that will be asked for, so that one pass can gather it.</param>
    internal static IRegionPrimitive For(SegmentationInput input, IReadOnlyCollection<RegionStatistic> statistics)
    {
        _ = statistics; // The composed implementation works on demand.
        return input.Mode == SegmentationMode.Multiclass ? new ComposedSoftmaxRegions(input) : new ComposedSigmoidRegions(input);
    }
}
