using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>A loss as one node of the graph: its value and the gradient of its statistics from plain numbers.</summary>
/// <param name="pass">The pass that gathered the statistics.</param>
/// <param name="value">The loss.</param>
/// <param name="dtype">Its type, float32 or float64.</param>
/// <param name="gradient">The gradient of the value with respect to the statistics, as the kernel lays them out.</param>
/// <param name="compose">The same loss from tensor operations.</param>
internal sealed class DirectValue(FusedPass pass, double value, ScalarType dtype, double[] gradient, Func<SegmentationInput, Tensor> compose) : IFusedOutput
{
    public Tensor Logits => pass.Logits;

    public Tensor Labels => pass.Labels;

    public Tensor Values { get; } = dtype == ScalarType.Float64 ? tensor(value) : tensor((float)value);

    public Tensor Gradient(Tensor logits, Tensor labels, Tensor upstream)
    {
        var factor = upstream.dtype == ScalarType.Float64 ? upstream.item<double>() : upstream.item<float>();

        // What has no gradient has none of an infinite loss either: 0 · ∞ would be NaN.
        return pass.Gradient(logits, labels, Array.ConvertAll(gradient, number => number == 0 ? 0 : factor * number));
    }

    public Tensor Compose(Tensor logits, Tensor labels) => compose(pass.InputOf(logits, labels));
}
