namespace SegLossBias.Tests.Support;

/// <summary>A loss evaluated to plain numbers: value, and gradient in the logical order of the logits.</summary>
internal static class Evaluation
{
    /// <summary>The values of the loss (one for a scalar) and the gradient of upstream · Σ values.</summary>
    internal static (double[] Values, double[] Gradient) Run(SegmentationLoss loss, Tensor logits, SegmentationTarget target, double upstream = 1)
    {
        using var scope = NewDisposeScope();
        var leaf = logits.detach().clone().requires_grad_(true);
        var value = loss.call(leaf, target);
        using var factor = upstream.ToScalar();
        value.sum().mul(factor).backward();
        return (Numbers(value), Numbers(leaf.grad!));
    }

    internal static (double Value, double[] Gradient) Scalar(SegmentationLoss loss, Tensor logits, SegmentationTarget target, double upstream = 1)
    {
        var (values, gradient) = Run(loss, logits, target, upstream);
        return (values.Should().ContainSingle().Subject, gradient);
    }

    internal static double[] Numbers(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var read = tensor.detach();
        read = read.is_neg() ? read.resolve_neg() : read; // Memory has the opposite sign of what is kept negated.
        return read.to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
    }
}
