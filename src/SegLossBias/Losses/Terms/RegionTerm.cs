namespace SegLossBias;

/// <summary>A term that is a formula on region statistics. Derive from it for a loss of your own.</summary>
/// <example><code>
/// public sealed class SquaredSize() : RegionTerm("SquaredSize")
/// {
///     protected override LossFormula Define(Regions regions)
///     {
///         var gap = regions.All.PredictedProportion() - regions.All.TargetProportion();
///         return (gap * gap).Sum(Axis.Classes);
///     }
/// }
/// </code></example>
public abstract class RegionTerm : LossTerm
{
    /// <summary>A term.</summary>
    /// <param name="name">Its name in logs.</param>
    protected RegionTerm(string name)
        : base(name)
    {
    }

    /// <summary>The formula. Called before each evaluation, from any thread.</summary>
    /// <param name="regions">The regions and their statistics.</param>
    /// <returns>The value of each image, or one of the batch.</returns>
    protected abstract LossFormula Define(Regions regions);

    /// <summary>The formula in mathematical notation, as it runs.</summary>
    /// <param name="mode">How the logits are read.</param>
    /// <param name="channels">K, at least 2 in multiclass mode, 1 in binary mode.</param>
    /// <param name="epoch">Where schedules are read.</param>
    public string FormulaText(SegmentationMode mode = SegmentationMode.Multiclass, int channels = 2, int epoch = 0) =>
        DefineFor(new Regions(mode, mode == SegmentationMode.Binary ? 1 : channels, epoch)).ToString();

    internal LossFormula DefineFor(Regions regions) =>
        Define(regions) ?? throw new InvalidOperationException($"Define of {Name} must return a formula, but it returned null.");
}
