using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>What a node of the graph computes: its output, and the gradient that flows back through it.</summary>
internal interface INodeFunction
{
    /// <summary>The input that gets a gradient, connected to the graph.</summary>
    Tensor Logits { get; }

    /// <summary>The other tensors of the input, which have no gradient.</summary>
    Tensor[] Target { get; }

    /// <summary>The output, without a graph.</summary>
    Tensor Output { get; }

    /// <summary>The gradient with respect to the logits, in their dtype and memory format.</summary>
    /// <param name="logits">The logits of the forward pass.</param>
    /// <param name="target">Its other tensors.</param>
    /// <param name="upstream">The gradient of <see cref="Output"/>.</param>
    Tensor Gradient(Tensor logits, Tensor[] target, Tensor upstream);

    /// <summary>The output again, from differentiable operations: what create_graph asks for.</summary>
    /// <param name="logits">The logits of the forward pass.</param>
    /// <param name="target">Its other tensors.</param>
    Tensor Recompute(Tensor logits, Tensor[] target);
}
