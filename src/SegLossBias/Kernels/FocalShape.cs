namespace SegLossBias;

/// <summary>The focal term (1−p')^γ · −log p' with 1 − p' = ρ·(1−p).</summary>
/// <param name="Gamma">γ.</param>
/// <param name="Shrinkage">ρ = 1 − s − s/(K−1) for label smoothing s; 1 without.</param>
internal readonly record struct FocalShape(double Gamma, double Shrinkage)
{
    internal bool IsSmoothed => Shrinkage != 1;

    /// <summary>p' = ρ p + (1−ρ), which loses no digits where p is small.</summary>
    internal TLanes Smooth<TLanes, T>(TLanes p)
        where TLanes : unmanaged, ILanes<TLanes, T>
        where T : unmanaged => TLanes.MultiplyAdd(TLanes.Of(Shrinkage), p, TLanes.Of(1 - Shrinkage));

    internal static FocalShape Of(RegionStatistic statistic, long classes) =>
        new(statistic.Parameter, statistic.Smoothing > 0 ? 1 - statistic.Smoothing - (statistic.Smoothing / (classes - 1)) : 1);
}
