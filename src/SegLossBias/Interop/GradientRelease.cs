using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// A node between the logits and the fused statistics whose only purpose is its place in the order of backward: it runs
/// when <see cref="GraphNode"/> has returned and libtorch holds the gradient, so that the handle in C# can go.
/// The logits get nothing from it.
/// </summary>
internal sealed class GradientRelease : autograd.SingleTensorFunction<GradientRelease>
{
    private const string GuardKey = "guard";

    /// <inheritdoc/>
    public override string Name => "SegLossBias.GradientRelease";

    /// <summary>An empty tensor to be an input of the node whose gradient is to be released.</summary>
    internal static Tensor After(Tensor logits) => apply(logits);

    /// <summary>The gradient of that input. It has no numbers, but an undefined one would leave a handle that cannot be disposed.</summary>
    internal static Tensor Signal() => empty(0);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.set_materialize_grads(false);
        ctx.save_data(GuardKey, new BackwardThreadGuard());
        return Signal();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var guard = (BackwardThreadGuard)ctx.get_data(GuardKey);
        guard.Enter();
        GraphNode.Release();
        grad_output.Dispose();
        guard.Leave();
        return [null!];
    }
}
