using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>From what a term defines to the value of a loss.</summary>
internal static class LossReduction
{
    /// <summary>The formula of the loss: one number, or one for each image with <see cref="Reduction.None"/>.</summary>
    internal static Formula Reduce(LossFormula loss, Regions regions, Reduction reduction)
    {
        // Images without valid pixels count 0 whatever the formula gives.
        if (!loss.IsPerImage)
        {
            return loss.Value.Where(regions.ValidSizeOfImage.Sum(Axis.Images));
        }

        var value = loss.Value.Where(regions.ValidSizeOfImage);
        return (reduction, loss.Weight) switch
        {
            (Reduction.Sum, _) => value.Sum(Axis.Images),
            (Reduction.Mean, null) => value.Mean(Axis.Images),
            (Reduction.Mean, { } weight) => value.Sum(Axis.Images) / weight.Sum(Axis.Images),
            (_, null) => value,
            (_, { } weight) => value / weight,
        };
    }

    /// <exception cref="InvalidOperationException">One value for each image is asked of a loss that pools them.</exception>
    internal static void EnsureDefined(string name, bool isPerImage, Reduction reduction)
    {
        if (reduction == Reduction.None && !isPerImage)
        {
            throw new InvalidOperationException($"{name} pools the images of a batch, so Reduction.None, one value for each image, is not defined; use Reduction.Mean, or Pooling.Image where the term has Pooling.");
        }
    }
}
