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

    /// <summary>
    /// The gradient returned last on this thread. libtorch has its own reference once backward has returned, so this
    /// one can go when the thread comes here again; left to the garbage collector, gradients would pile up.
    /// </summary>
    [ThreadStatic]
    private static Tensor? _returned;

    /// <inheritdoc/>
    public override string Name => "SegLossBias.RegionStatistics";

    /// <summary>Lets go of what this thread still holds.</summary>
    internal static void Release()
    {
        _returned?.Dispose();
        _returned = null;
    }

    /// <summary>The output of a pass, connected to its logits.</summary>
    internal static Tensor Apply(IFusedOutput output)
    {
        Release();
        return is_grad_enabled() && output.Logits.requires_grad ? apply(output.Logits, output) : output.Values;
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var output = (IFusedOutput)vars[1];
        ctx.set_materialize_grads(false);
        ctx.save_data(OutputKey, output);
        ctx.save_for_backward([output.Logits, output.Labels]);
        return output.Values;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        Release();
        try
        {
            using var scope = NewDisposeScope();
            var saved = ctx.get_saved_variables(); // Throws when one was changed in place.
            var output = (IFusedOutput)ctx.get_data(OutputKey);
            if (!grad_output.IsInvalid)
            {
                _returned = (is_grad_enabled()
                    ? ComposedGradient(output, saved[0], saved[1], grad_output)
                    : output.Gradient(saved[0], saved[1], grad_output)).DetachFromDisposeScope();
            }
        }
        catch (Exception exception)
        {
            Trace.TraceError($"SegLossBias: no gradient, because {exception.Message}");
            _returned = zeros(0).DetachFromDisposeScope();
        }

        grad_output.Dispose(); // Nobody else does.

        return [_returned!, null!];
    }

    /// <summary>The same gradient from differentiable operations: what create_graph asks for.</summary>
    private static Tensor ComposedGradient(IFusedOutput output, Tensor logits, Tensor labels, Tensor upstream) =>
        autograd.grad([output.Compose(logits, labels)], [logits], [upstream], retain_graph: true, create_graph: true)[0];
}
