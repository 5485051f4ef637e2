using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Experiments.Learning;

/// <summary>A feature pyramid for pictures: from random weights, or on a ResNet.</summary>
internal sealed class FpnKind : INetworkKind
{
    public string Name => "Fpn";

    public int Dimensions => 2;

    public bool TakesEncoder => true;

    public IReadOnlyList<int> DefaultWidths(EncoderKind encoder) => encoder == EncoderKind.None ? [16, 32, 64] : [256, 128];

    public void Check(ExperimentSettings settings)
    {
        var widths = settings.Widths;
        if (settings.Encoder == EncoderKind.None)
        {
            NetworkCheck.Ensure(widths.Count != 1, $"an Fpn needs 2 widths or more, but has {string.Join(',', widths)}; add one, or use a UNet");
            NetworkCheck.HalvedByWidth(settings);
            return;
        }

        NetworkCheck.Widths(settings, Layers.WidthUnit);
        NetworkCheck.Ensure(
            widths.Count == 2 && widths[1] % ResNetFpn.Groups == 0,
            $"--widths: an Fpn with an encoder has two, of its pyramid and of its head, the second a multiple of {ResNetFpn.Groups}, but they are {string.Join(',', widths)}; take 256,128 or 64,64");
        NetworkCheck.SizeUnit(settings, ResNetEncoder.SizeUnit);
    }

    public Module<Tensor, Tensor> Create(ExperimentSettings settings, int channels, int outputs) => settings.Encoder == EncoderKind.None
        ? new Fpn(channels, settings.Widths, outputs)
        : new ResNetFpn(Encoder.Create(settings), settings.Widths[0], settings.Widths[1], outputs);
}
