using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Experiments.Learning;

/// <summary>One kind of network. A class that implements this is known to the program without being named anywhere else.</summary>
internal interface INetworkKind
{
    /// <summary>What <c>--network</c> calls it.</summary>
    string Name { get; }

    /// <summary>Spatial axes, 2 or 3.</summary>
    int Dimensions { get; }

    /// <summary>Whether it can have an encoder of <see cref="EncoderKind"/>.</summary>
    bool TakesEncoder { get; }

    /// <summary>Its widths where none are given.</summary>
    IReadOnlyList<int> DefaultWidths(EncoderKind encoder);

    /// <summary>Makes sure that widths and size of the settings fit this network.</summary>
    /// <exception cref="UserError">Says which do not.</exception>
    void Check(ExperimentSettings settings);

    /// <param name="settings">That passed <see cref="Check"/>.</param>
    /// <param name="channels">Channels of the input.</param>
    /// <param name="outputs">Channels of the logits.</param>
    /// <returns>[B, channels, *] to [B, outputs, *].</returns>
    Module<Tensor, Tensor> Create(ExperimentSettings settings, int channels, int outputs);
}
