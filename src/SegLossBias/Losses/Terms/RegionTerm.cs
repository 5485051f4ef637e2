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

    /// <summary>
    /// The formula. It may depend on the regions and on settings of the term. Called from any thread: before each evaluation, or
    /// only where the number of channels or the epoch is another one, if all fields of the class are read-only numbers, texts,
    /// schedules or weights.
    /// </summary>
    /// <param name="regions">The regions and their statistics.</param>
    /// <returns>The value of each image, or one of the batch.</returns>
    protected abstract LossFormula Define(Regions regions);

    /// <summary>The formula in mathematical notation, as it runs for two classes in epoch 0.</summary>
    public string FormulaText() => FormulaText(SegmentationMode.Multiclass, channels: 2, epoch: 0);

    /// <summary>The formula in mathematical notation, as it runs.</summary>
    /// <param name="mode">How the logits are read.</param>
    /// <param name="channels">K: at least 2 in multiclass mode, 1 in binary mode, at least 1 in multilabel mode.</param>
    /// <param name="epoch">Where schedules are read, counted from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such mode, or it has not so many channels.</exception>
    public string FormulaText(SegmentationMode mode, int channels, int epoch)
    {
        _ = SettingCheck.Defined(mode, nameof(mode));
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, mode == SegmentationMode.Multiclass ? 2 : 1);
        if (mode == SegmentationMode.Binary)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, 1);
        }

        return DefineFor(new Regions(mode, channels, epoch)).ToString();
    }

    internal LossFormula DefineFor(Regions regions) =>
        Define(regions) ?? throw new InvalidOperationException($"Define of {Name} must return a formula, but it returned null.");
}
