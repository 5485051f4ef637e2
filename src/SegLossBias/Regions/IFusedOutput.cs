using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>What a node of the graph makes of one pass over the pixels: its output, and what flows back through it.</summary>
internal interface IFusedOutput
{
    /// <summary>Logits as the kernel reads them, connected to the graph.</summary>
    Tensor Logits { get; }

    Tensor Labels { get; }

    /// <summary>The output, without a graph.</summary>
    Tensor Values { get; }

    /// <summary>The gradient with respect to the logits, in their dtype and memory format.</summary>
    /// <param name="logits">The logits of the forward pass.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="upstream">The gradient of <see cref="Values"/>.</param>
    Tensor Gradient(Tensor logits, Tensor labels, Tensor upstream);

    /// <summary>The output again, from differentiable operations: what create_graph asks for.</summary>
    /// <param name="logits">The logits of the forward pass.</param>
    /// <param name="labels">Its labels.</param>
    Tensor Compose(Tensor logits, Tensor labels);
}
