using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Experiments.Learning;

/// <summary>A U-Net for volumes.</summary>
internal sealed class UNet3dKind : INetworkKind
{
    public string Name => "UNet3d";

    public int Dimensions => 3;

    public bool TakesEncoder => false;

    public IReadOnlyList<int> DefaultWidths(EncoderKind encoder) => [16, 32, 64];

    public void Check(ExperimentSettings settings) => NetworkCheck.HalvedByWidth(settings);

    public Module<Tensor, Tensor> Create(ExperimentSettings settings, int channels, int outputs) => new UNet(channels, settings.Widths, outputs, dimensions: 3);
}
