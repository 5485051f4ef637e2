using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Experiments.Learning;

/// <summary>The networks of the program: every <see cref="INetworkKind"/> there is.</summary>
internal static class NetworkFactory
{
    /// <summary>In the order of their names.</summary>
    public static readonly IReadOnlyList<INetworkKind> All = Implementations.Of<INetworkKind>(kind => kind.Name);

    /// <exception cref="UserError">There is no network of that name, in any case.</exception>
    public static INetworkKind Find(string name) => All.FirstOrDefault(kind => string.Equals(kind.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw UserError.Usage($"--network: there is no network '{name}'; known are {string.Join(", ", All.Select(kind => kind.Name))}");

    /// <param name="settings">Kind, encoder, widths and size.</param>
    /// <param name="channels">Channels of the input.</param>
    /// <param name="classes">Channels of the logits.</param>
    /// <returns>[B, channels, *] to [B, classes, *]; its initial weights are libtorch's random ones, or for an encoder those of the settings.</returns>
    /// <exception cref="UserError">As of <see cref="Check"/>, or weights cannot be read.</exception>
    public static Module<Tensor, Tensor> Create(ExperimentSettings settings, int channels, int classes)
    {
        Check(settings);
        return Find(settings.Network).Create(settings, channels, classes);
    }

    /// <summary>Makes sure that the network can be built.</summary>
    /// <exception cref="UserError">Widths, size, encoder and kind do not fit together.</exception>
    public static void Check(ExperimentSettings settings)
    {
        var kind = Find(settings.Network);
        var size = settings.Size;
        NetworkCheck.Ensure(
            size.Count == kind.Dimensions,
            $"a {kind.Name} works in {kind.Dimensions} dimensions, but the size {string.Join('×', size)} has {size.Count}; use {string.Join(" or ", All.Where(other => other.Dimensions == size.Count).Select(other => other.Name))}, or give {kind.Dimensions} sizes");
        NetworkCheck.Ensure(kind.TakesEncoder || settings.Encoder == EncoderKind.None, $"--encoder: a {kind.Name} has none; leave the option out");
        kind.Check(settings);
        Encoder.Check(settings);
    }
}
