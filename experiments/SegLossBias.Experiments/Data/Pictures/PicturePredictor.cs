using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>Applies a network to whole pictures, some at a time.</summary>
/// <param name="batch">Pictures at a time.</param>
/// <param name="inputs">What the network expects.</param>
/// <param name="device">Where the network is.</param>
internal sealed class PicturePredictor(int batch, InputKind inputs, Device device) : IPredictor
{
    public IEnumerable<Tensor> Logits(nn.Module<Tensor, Tensor> network, IReadOnlyList<Case> cases)
    {
        foreach (var indices in Batches.InOrder(cases.Count, batch))
        {
            using var logits = Predict(network, [.. indices.Select(i => cases[(int)i].Image)]);
            for (var i = 0; i < indices.Length; i++)
            {
                using var one = logits[i];
                yield return one.clone().DetachFromDisposeScope();
            }
        }
    }

    /// <summary>A single picture is predicted twice: libtorch may warn about batches of one on standard error.</summary>
    private Tensor Predict(nn.Module<Tensor, Tensor> network, IReadOnlyList<Tensor> images)
    {
        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        var input = PictureInput.Normalise(PictureInput.Stack(images.Count == 1 ? [images[0], images[0]] : images, device), inputs);
        return network.call(input).cpu().DetachFromDisposeScope();
    }
}
