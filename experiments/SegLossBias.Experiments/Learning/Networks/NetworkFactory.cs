using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Experiments.Learning;

/// <summary>Builds the network of an experiment.</summary>
internal static class NetworkFactory
{
    private const int LargestDepth = 12;

    /// <param name="settings">Kind, widths and size.</param>
    /// <param name="channels">Channels of the input.</param>
    /// <param name="classes">Channels of the logits.</param>
    /// <returns>[B, channels, *] to [B, classes, *]; its initial weights are libtorch's random ones.</returns>
    /// <exception cref="UserError">As of <see cref="Check"/>.</exception>
    public static Module<Tensor, Tensor> Create(ExperimentSettings settings, int channels, int classes)
    {
        Check(settings);
        return settings.Network switch
        {
            NetworkKind.Fpn => new Fpn(channels, settings.Widths, classes),
            var kind => new UNet(channels, settings.Widths, classes, Dimensions(kind)),
        };
    }

    /// <summary>Makes sure that the network can be built and that its coarsest maps have something to normalise over.</summary>
    /// <exception cref="UserError">Widths, size and kind do not fit together.</exception>
    public static void Check(ExperimentSettings settings)
    {
        var (kind, widths, size) = (settings.Network, settings.Widths, settings.Size);
        var (width, space) = (string.Join(',', widths), string.Join('×', size));
        Ensure(widths.Count is > 0 and <= LargestDepth, $"a network has 1 to {LargestDepth} widths, one per resolution, but there are {widths.Count}");
        Ensure(
            widths.All(channels => channels > 0 && channels % Layers.WidthUnit == 0),
            $"every width of a network must be a multiple of {Layers.WidthUnit}, but they are {width}; round them, for example to 16,32,64");
        Ensure(kind != NetworkKind.Fpn || widths.Count > 1, $"an Fpn needs 2 widths or more, but has {width}; add one, or use a UNet");
        Ensure(
            size.Count == Dimensions(kind),
            $"a {kind} works in {Dimensions(kind)} dimensions, but the size {space} has {size.Count}; use {(size.Count == 3 ? NetworkKind.UNet3d : NetworkKind.UNet)}, or give {Dimensions(kind)} sizes");
        var unit = 1 << (widths.Count - 1);
        Ensure(
            size.All(length => length > 0 && length % unit == 0),
            $"with {widths.Count} widths every size must be a multiple of {unit}, but it is {space}; round it, or take fewer widths");
        Ensure(
            size.Any(length => length > unit),
            $"with {widths.Count} widths the size {space} shrinks to a single pixel, which cannot be normalised; enlarge it, or take fewer widths");
    }

    private static int Dimensions(NetworkKind kind) => kind == NetworkKind.UNet3d ? 3 : 2;

    private static void Ensure(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw UserError.Usage(otherwise);
        }
    }
}
