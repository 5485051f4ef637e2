using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// A term that needs the loss of each pixel and not only sums over regions, such as one that sorts them. Made of tensor
/// operations. Derive from it for a loss of your own.
/// </summary>
public abstract class PixelTerm : LossTerm
{
    /// <summary>A term.</summary>
    /// <param name="name">Its name in logs.</param>
    protected PixelTerm(string name)
        : base(name)
    {
    }

    /// <summary>The maps of the target that <see cref="Evaluate"/> reads with <see cref="Pixels.Map"/>; none by default.</summary>
    protected internal virtual IReadOnlyCollection<string> Maps => [];

    /// <summary>The value of each image, [N], or a scalar where images are pooled. Values of images without valid pixels are replaced by 0.</summary>
    /// <param name="pixels">The losses of the pixels.</param>
    protected abstract Tensor Evaluate(Pixels pixels);

    /// <summary>The value of the term, differentiable: a scalar; [N] with <c>Reduction.None</c>.</summary>
    internal Tensor Reduce(Pixels pixels, nn.Reduction reduction)
    {
        var values = UserTensor.Checked(Evaluate(pixels), $"Evaluate of {Name}", pixels.Device);
        var images = pixels.Images;
        var hasOnlyValid = pixels.ValidCount is > 0;
        if (values.dim() > 1 || (values.dim() == 1 && values.shape[0] != images))
        {
            throw new InvalidOperationException($"Evaluate of {Name} must return one value for each of the {images} images or a scalar, but its result has shape {Shapes.Text(values.shape)}; reduce over the pixels, for example with .sum(1).");
        }

        if (values.dim() == 0)
        {
            LossReduction.EnsureDefined(Name, isPerImage: false, reduction);
            return hasOnlyValid ? values : values.ZeroWhere(pixels.IsValid.any().bitwise_not());
        }

        values = hasOnlyValid ? values : values.ZeroWhere(pixels.IsValid.any(1).bitwise_not());
        return (reduction, images) switch
        {
            (nn.Reduction.None, _) => values,
            (nn.Reduction.Mean, > 0) => values.mean(),
            _ => values.sum(),
        };
    }
}
