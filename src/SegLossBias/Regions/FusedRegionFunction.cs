using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// What a fused pass gives, the statistics or a whole loss, as a node of the graph. An exception in a backward function written in C# would end the
/// process; this one returns a gradient of a wrong shape instead, which libtorch refuses with an exception of its own.
/// </summary>
internal sealed class FusedRegionFunction : autograd.SingleTensorFunction<FusedRegionFunction>
{
    private const string OutputKey = "output";
    private const string HandoverKey = "handover";

    /// <summary>
    /// What backward returns on this thread: the gradient, and nothing but a signal for <see cref="GradientRelease"/>.
    /// Both must live until libtorch has references of its own, and go then: left to the garbage collector, gradients
    /// would pile up.
    /// </summary>
    [ThreadStatic]
    private static Tensor[]? _returned;

    /// <inheritdoc/>
    public override string Name => "SegLossBias.RegionStatistics";

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
    internal static Tensor Apply(IFusedOutput output)
    {
        Release();
        return is_grad_enabled() && output.Logits.requires_grad
            ? apply(output.Logits, GradientRelease.After(output.Logits), output)
            : output.Values;
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var output = (IFusedOutput)vars[2];
        ctx.set_materialize_grads(false);
        ctx.save_data(OutputKey, output);
        ctx.save_data(HandoverKey, new Handover());
        ctx.save_for_backward([output.Logits, output.Labels]);
        return output.Values;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var handover = (Handover)ctx.get_data(HandoverKey);
        handover.Enter();
        Release();
        var gradient = grad_output.IsInvalid ? null : Gradient(ctx, grad_output).DetachFromDisposeScope();
        var signal = GradientRelease.Signal().DetachFromDisposeScope();
        grad_output.Dispose(); // Nobody else does.
        _returned = gradient is null ? [signal] : [gradient, signal];
        handover.Leave();
        return [gradient!, signal, null!];
    }

    private static Tensor Gradient(autograd.AutogradContext ctx, Tensor upstream)
    {
        try
        {
            using var scope = NewDisposeScope();
            var saved = ctx.get_saved_variables(); // Throws when one was changed in place.
            var output = (IFusedOutput)ctx.get_data(OutputKey);
            var gradient = is_grad_enabled()
                ? ComposedGradient(output, saved[0], saved[1], upstream)
                : output.Gradient(saved[0], saved[1], upstream);
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
    private static Tensor ComposedGradient(IFusedOutput output, Tensor logits, Tensor labels, Tensor upstream) =>
        autograd.grad([output.Compose(logits, labels)], [logits], [upstream], retain_graph: true, create_graph: true)[0];
}
