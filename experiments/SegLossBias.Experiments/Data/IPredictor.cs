using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>Applies a network to whole cases: pictures at once, volumes window by window.</summary>
internal interface IPredictor
{
    /// <param name="network">In evaluation mode.</param>
    /// <param name="cases">Which cases; of one shape in 2D.</param>
    /// <returns>Logits of each case in order, [K, *] or [1, *], on the CPU; the caller disposes them.</returns>
    IEnumerable<Tensor> Logits(nn.Module<Tensor, Tensor> network, IReadOnlyList<Case> cases);
}
