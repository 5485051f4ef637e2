namespace SegLossBias;

/// <summary>Boundary loss: predicted mass weighed by its distance to the true boundary.</summary>
/// <remarks>
/// With M = Σ w φ p, φ a signed distance map, below 0 inside the region, and |V| the valid pixels:
/// <code>
/// mean_n mean_k M / |V|      min(0, min φ) ≤ L ≤ max(0, max φ)
/// </code>
/// In units of the map, and between its smallest and its largest number, or 0, which p = 0 gives. It is smallest, and below 0,
/// where the prediction is the region. It wants a target with a map, <see cref="SegmentationTarget.WithMap(string, TorchSharp.torch.Tensor)"/>;
/// <see cref="SignedDistanceMap"/> makes it. By itself it is hard to train with small regions: add it to a region loss, with a
/// weight that rises from 0.01. An image without valid pixels counts 0 with zero gradient.
/// Kervadec et al., arXiv:1812.07032, Eq. 5; its code averages over pixels and the selected classes, as here.
/// </remarks>
public sealed class Boundary() : RegionTerm("Boundary")
{
    /// <summary>The name of the map; "distance" by default.</summary>
    public string Map
    {
        get;
        init
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value);
            field = value;
        }
    } = "distance";

    /// <summary>The classes to average.</summary>
    public ClassSelection Classes { get; init => field = SettingCheck.NotNull(value); } = ClassSelection.All;

    /// <inheritdoc/>
    protected internal override IReadOnlyCollection<string> DistanceMaps => [Map];

    /// <inheritdoc/>
    protected override LossFormula Define(Regions regions)
    {
        ArgumentNullException.ThrowIfNull(regions);
        var r = regions.Foreground.Only(Classes);
        return (r.MapSum(Map) / r.ValidSize).Mean(Axis.Classes);
    }
}
