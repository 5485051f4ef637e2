using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Training;

/// <summary>The layers that the networks are made of, in 2D and 3D.</summary>
/// <remarks>
/// Every hidden width is a multiple of <see cref="WidthUnit"/>: on some CPUs libtorch 2.10 returns wrong input gradients
/// of 3×3 convolutions for other widths. The ReLUs leak: a plain ReLU lets every last feature be off on a rare foreground,
/// whose probability then cannot rise above what the head's bias gives, whatever the loss.
/// </remarks>
internal static class Layers
{
    public const int WidthUnit = 16;

    private const double Slope = 0.1;

    /// <summary>Two convolutions of side 3, each followed by batch normalisation and a leaky ReLU; keeps the size.</summary>
    public static Sequential Block(int dimensions, int from, int to) => Sequential(
        Convolution(dimensions, from, to), Normalisation(dimensions, to), LeakyReLU(Slope, inplace: true),
        Convolution(dimensions, to, to), Normalisation(dimensions, to), LeakyReLU(Slope, inplace: true));

    /// <summary>A linear map of the channels of each pixel.</summary>
    /// <remarks>Dilation means nothing for a side of 1, but without it libtorch warns on standard error for every call on one thread.</remarks>
    public static Module<Tensor, Tensor> Pointwise(int dimensions, int from, int to) => dimensions == 2
        ? Conv2d(from, to, kernel_size: 1, dilation: 2)
        : Conv3d(from, to, kernel_size: 1, dilation: 2);

    public static Module<Tensor, Tensor> HalfSize(int dimensions) => dimensions == 2 ? MaxPool2d(2) : MaxPool3d(2);

    public static Module<Tensor, Tensor> DoubleSize(int dimensions, int from, int to) => dimensions == 2
        ? ConvTranspose2d(from, to, kernel_size: 2, stride: 2)
        : ConvTranspose3d(from, to, kernel_size: 2, stride: 2);

    private static Module<Tensor, Tensor> Convolution(int dimensions, int from, int to) => dimensions == 2
        ? Conv2d(from, to, kernel_size: 3, padding: 1, bias: false)
        : Conv3d(from, to, kernel_size: 3, padding: 1, bias: false);

    private static Module<Tensor, Tensor> Normalisation(int dimensions, int width) => dimensions == 2 ? BatchNorm2d(width) : BatchNorm3d(width);
}
