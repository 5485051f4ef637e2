using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Experiments.Learning;

/// <summary>A U-Net for pictures: from random weights, or with a ResNet as its encoder.</summary>
internal sealed class UNetKind : INetworkKind
{
    public string Name => "UNet";

    public int Dimensions => 2;

    public bool TakesEncoder => true;

    public IReadOnlyList<int> DefaultWidths(EncoderKind encoder) => encoder == EncoderKind.None ? [16, 32, 64] : [256, 128, 64, 32, 16];

    public void Check(ExperimentSettings settings)
    {
        if (settings.Encoder == EncoderKind.None)
        {
            NetworkCheck.HalvedByWidth(settings);
            return;
        }

        NetworkCheck.Widths(settings, Layers.WidthUnit);
        NetworkCheck.Ensure(settings.Widths.Count == 5, $"--widths: a UNet with an encoder has five, coarsest first, but there are {settings.Widths.Count}; take 256,128,64,32,16 or narrower ones");
        NetworkCheck.SizeUnit(settings, ResNetEncoder.SizeUnit);
    }

    public Module<Tensor, Tensor> Create(ExperimentSettings settings, int channels, int outputs) => settings.Encoder == EncoderKind.None
        ? new UNet(channels, settings.Widths, outputs)
        : new ResNetUNet(Encoder.Create(settings), settings.Widths, outputs);
}
