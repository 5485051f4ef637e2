using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// A function of the logits with a gradient of its own as a node of the graph. An exception in a backward function written in C# would end the
/// process; this one returns a gradient of a wrong shape instead, which libtorch refuses with an exception of its own.
/// </summary>
internal sealed class GraphNode : autograd.SingleTensorFunction<GraphNode>
{
    private const string OutputKey = "output";
    private const string GuardKey = "guard";

    /// <summary>
    /// The tensors that the last <c>backward</c> on this thread returned. libtorch takes its own references only after the
    /// C# code has ended, so they are kept here and freed by the next node that runs, <see cref="GradientRelease"/>.
    /// Without that, gradients would wait for the garbage collector.
    /// </summary>
    [ThreadStatic]
    private static Tensor[]? _returned;

    /// <inheritdoc/>
    public override string Name => "SegLossBias";

    /// <summary>Lets go of what backward returned on this thread; nothing, nearly always, since that is done already.</summary>
    internal static void Release()
    {
        foreach (var tensor in _returned ?? [])
        {
            tensor.Dispose();
        }

        _returned = null;
    }

    /// <summary>The output of a pass, connected to its logits.</summary>
    internal static Tensor Apply(INodeFunction output)
    {
        Release();
        return is_grad_enabled() && output.Logits.requires_grad
            ? apply(output.Logits, GradientRelease.After(output.Logits), output)
            : output.Output;
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var output = (INodeFunction)vars[2];
        ctx.set_materialize_grads(false);
        ctx.save_data(OutputKey, output);
        ctx.save_data(GuardKey, new BackwardThreadGuard());
        ctx.save_for_backward([output.Logits, .. output.Target]);
        return output.Output;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var guard = (BackwardThreadGuard)ctx.get_data(GuardKey);
        guard.Enter();
        Release();
        var gradient = grad_output.IsInvalid ? null : Gradient(ctx, grad_output).DetachFromDisposeScope();
        var signal = GradientRelease.Signal().DetachFromDisposeScope();
        grad_output.Dispose(); // Nobody else does.
        _returned = gradient is null ? [signal] : [gradient, signal];
        guard.Leave();
        return [gradient!, signal, null!];
    }

    private static Tensor Gradient(autograd.AutogradContext ctx, Tensor upstream)
    {
        try
        {
            using var scope = NewDisposeScope();
            var saved = ctx.get_saved_variables(); // Throws when one was changed in place.
            var output = (INodeFunction)ctx.get_data(OutputKey);
            Tensor[] target = [.. saved.Skip(1)];
            var gradient = is_grad_enabled()
                ? ComposedGradient(output, saved[0], target, upstream)
                : output.Gradient(saved[0], target, upstream);
            return gradient.MoveToOuterDisposeScope();
        }
        catch (Exception exception)
        {
            Report(exception);
            return zeros(0);
        }
    }

    private static void Report(Exception exception)
    {
        try
        {
            Trace.TraceError($"SegLossBias: no gradient, because {exception.Message}");
        }
        catch (Exception)
        {
            // Nor may a listener that fails end the process.
        }
    }

    /// <summary>The same gradient from differentiable operations: what create_graph asks for.</summary>
    private static Tensor ComposedGradient(INodeFunction output, Tensor logits, Tensor[] target, Tensor upstream) =>
        autograd.grad([output.Recompute(logits, target)], [logits], [upstream], retain_graph: true, create_graph: true)[0];
}
