using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>
/// A loss that is one formula on the <see cref="RegionStatistics"/>. Derive from it to write a loss of your own: list
/// the statistics, return the value of each image, and use it alone or as a term of a <see cref="CompoundLoss"/>.
/// </summary>
/// <example><code>
/// public sealed class SquaredSizeLoss() : RegionLoss("SquaredSize")
/// {
///     protected override IReadOnlyList&lt;RegionStatistic&gt; Statistics =&gt; [RegionStatistic.PredictedSize()];
///
///     protected override Tensor Evaluate(RegionStatistics regions) =&gt;
///         (regions.PredictedProportion() - regions.TargetProportion()).square().sum(1);
/// }
/// </code></example>
public abstract class RegionLoss : SegmentationLoss
{
    /// <summary>A loss with the options all losses share.</summary>
    /// <param name="name">Its name in logs.</param>
    /// <param name="mode">How the logits are read.</param>
    /// <param name="ignoreIndex">The label of pixels to leave out.</param>
    /// <param name="reduction">See <see cref="SegmentationLoss"/>.</param>
    protected RegionLoss(string name, SegmentationMode mode = SegmentationMode.Multiclass, long? ignoreIndex = null, Reduction reduction = Reduction.Mean)
        : base(name, mode, ignoreIndex, reduction) => Terms = [new WeightedTerm(1, this)];

    /// <summary>The statistics that <see cref="Evaluate"/> and <see cref="Normaliser"/> read in the epoch in force.</summary>
    protected abstract IReadOnlyList<RegionStatistic> Statistics { get; }

    /// <summary>False when images are pooled, so that an image has no value of its own and <c>Reduction.None</c> is an error.</summary>
    protected virtual bool IsDefinedPerImage => true;

    private protected sealed override IReadOnlyList<WeightedTerm> Terms { get; }

    internal IReadOnlyList<RegionStatistic> DeclaredStatistics => Statistics;

    /// <summary>
    /// The value of each image, [N], or one scalar when images are pooled. Values of images without valid pixels are
    /// replaced by 0, but must be finite for the gradient to be.
    /// </summary>
    /// <param name="regions">The statistics, float64 [N,K].</param>
    protected abstract Tensor Evaluate(RegionStatistics regions);

    /// <summary>
    /// What an image weighs in the mean, [N]: the mean is Σ value / Σ weight. Null (the default) when the images are
    /// averaged; the valid pixels for a mean over the pixels of the batch.
    /// </summary>
    /// <param name="regions">The statistics, float64 [N,K].</param>
    protected virtual Tensor? Normaliser(RegionStatistics regions) => null;

    internal void EnsureDefined(Reduction reduction)
    {
        if (reduction == Reduction.None && !IsDefinedPerImage)
        {
            throw new InvalidOperationException($"{Name} pools the images of a batch, so Reduction.None, one value for each image, is not defined; use Reduction.Mean, or for Dice pooling: DicePooling.Image.");
        }
    }

    internal Tensor Reduce(RegionStatistics regions, Reduction reduction)
    {
        var values = Evaluate(regions);
        if (values.dim() == 0)
        {
            return reduction != Reduction.None
                ? values.ZeroWhere(regions.ValidSize.sum().NotPositive())
                : throw new InvalidOperationException($"Evaluate of {Name} returned one scalar for the batch, so Reduction.None, one value for each image, is not defined; override IsDefinedPerImage to say so, or return [N].");
        }

        var images = regions.ValidSize.shape[0];
        if (values.dim() != 1 || values.shape[0] != images)
        {
            throw new InvalidOperationException($"Evaluate of {Name} must return one value for each of the {images} images or a scalar, but its result has shape {Shapes.Text(values.shape)}; reduce over the classes, for example with .sum(1).");
        }

        values = values.ZeroWhere(regions.EmptyImages);
        return (reduction, Normaliser(regions)) switch
        {
            (Reduction.Sum, _) => values.sum(),
            (Reduction.Mean, null) => images > 0 ? values.mean() : values.sum(),
            (Reduction.Mean, { } weights) => values.sum().SafeDivide(weights.sum()),
            (_, null) => values,
            (_, { } weights) => values.SafeDivide(weights),
        };
    }
}
