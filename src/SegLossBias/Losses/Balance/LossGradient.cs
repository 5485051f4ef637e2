using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>The gradient of a loss with respect to the logits alone: no network takes part, and no gradient is added to it.</summary>
internal static class LossGradient
{
    /// <param name="loss">The loss; with <c>Reduction.None</c> the sum of its values counts.</param>
    /// <param name="logits">[N,K,*]; whether they have a graph does not matter.</param>
    /// <param name="target">Labels and more.</param>
    /// <returns>Of the shape and dtype of the logits.</returns>
    internal static Tensor Of(SegmentationLoss loss, Tensor logits, SegmentationTarget target)
    {
        using var scope = NewDisposeScope();
        using var withGradient = enable_grad();
        var own = OwnHandle.On(logits, nameof(logits));
        LogitsCheck.Run(own, loss.Mode); // Integers can have no gradient; libtorch would say so in its own words.
        var leaf = own.detach().requires_grad_(true);
        var value = loss.forward(leaf, target);
        var gradient = autograd.grad([value.dim() == 0 ? value : value.sum()], [leaf])[0];
        GC.KeepAlive(logits);
        return gradient.MoveToOuterDisposeScope();
    }

    /// <summary>Its Euclidean norm. Waits for the device.</summary>
    internal static double Norm(SegmentationLoss loss, Tensor logits, SegmentationTarget target)
    {
        using var scope = NewDisposeScope();
        var gradient = Of(loss, logits, target);
        var wide = gradient.dtype == ScalarType.Float64 ? gradient : gradient.to(ScalarType.Float32);
        return Math.Sqrt(wide.Squared().sum(ScalarType.Float64).cpu().item<double>());
    }
}
