using static TorchSharp.torch;

namespace SegLossBias.Training;

/// <summary>Networks by the settings of an experiment.</summary>
internal static class NetworkFactory
{
    private const int MostLevels = 8;

    /// <exception cref="UserError">The widths, or the size of the input, do not fit the network.</exception>
    public static void Check(ExperimentSettings settings)
    {
        var dimensions = settings.Network == NetworkKind.UNet3d ? 3 : 2;
        Require(dimensions == settings.Dimensions, $"--network: {settings.Network} needs {dimensions} dimensions, but --size {string.Join('x', settings.Size)} has {settings.Dimensions}");
        Require(settings.Widths.Count is >= 1 and <= MostLevels, $"--widths: {settings.Widths.Count} resolutions are not 1 to {MostLevels}");
        Require(settings.Widths.All(width => width > 0 && width % Layers.WidthUnit == 0), $"--widths: every width must be a multiple of {Layers.WidthUnit}, but {string.Join(",", settings.Widths)} came");
        var unit = 1 << (settings.Widths.Count - 1);
        Require(settings.Size.All(side => side >= 2 * unit && side % unit == 0),
            $"--size: every side must be a multiple of {unit} and at least {2 * unit} (the network halves it {settings.Widths.Count - 1} times), but {string.Join('x', settings.Size)} came");
    }

    public static nn.Module<Tensor, Tensor> Create(ExperimentSettings settings, int channels, int classes) => settings.Network switch
    {
        NetworkKind.Fpn => new Fpn(channels, settings.Widths, classes),
        NetworkKind.UNet3d => new UNet(3, channels, settings.Widths, classes),
        _ => new UNet(2, channels, settings.Widths, classes),
    };

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw UserError.Usage(message);
        }
    }
}
