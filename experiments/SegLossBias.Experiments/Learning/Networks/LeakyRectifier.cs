using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Experiments.Learning;

/// <summary>A ReLU that leaks a tenth, in place.</summary>
/// <remarks>That of TorchSharp makes a temporary Scalar of its slope in each call.</remarks>
internal sealed class LeakyRectifier() : Module<Tensor, Tensor>("LeakyReLU")
{
    private static readonly Scalar Slope = 0.1.ToScalar();

    /// <remarks>The alias is a handle of its own, since a sequence disposes what it has passed on.</remarks>
    public override Tensor forward(Tensor input) => input.leaky_relu_(Slope).alias();
}
