using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Experiments.Learning;

/// <summary>The layers that networks of 2 and 3 spatial axes share.</summary>
/// <remarks>
/// 2D: batch normalisation. 3D: instance normalisation, since batches are too small for statistics of their own.
/// The ReLUs leak: a plain ReLU lets every last feature be off on a rare foreground, whose probability then cannot rise
/// above what the head's bias gives, whatever the loss.
/// </remarks>
internal sealed class Layers(int dimensions)
{
    /// <summary>
    /// Every hidden width is a multiple of this: on some CPUs libtorch 2.10 returns wrong input gradients of 3×3
    /// convolutions for other widths.
    /// </summary>
    public const int WidthUnit = 16;

    private bool IsFlat => dimensions == 2;

    /// <summary>A linear map of the channels of each pixel.</summary>
    /// <remarks>Dilation means nothing for a side of 1, but without it libtorch takes another way on one thread that warns on standard error in every call.</remarks>
    public Module<Tensor, Tensor> Pointwise(int from, int to) =>
        IsFlat ? Conv2d(from, to, kernel_size: 1, dilation: 2) : Conv3d(from, to, kernel_size: 1, dilation: 2);

    /// <summary>A convolution over 3 pixels along each axis, normalised, then a ReLU that leaks.</summary>
    public Module<Tensor, Tensor> Convolution(int from, int to) => IsFlat
        ? Sequential(Conv2d(from, to, kernel_size: 3, padding: 1, bias: false), BatchNorm2d(to), new LeakyRectifier())
        : Sequential(Conv3d(from, to, kernel_size: 3, padding: 1, bias: false), InstanceNorm3d(to, affine: true), new LeakyRectifier());

    public Module<Tensor, Tensor> TwoConvolutions(int from, int to) => Sequential(Convolution(from, to), Convolution(to, to));

    /// <summary>Halves every axis.</summary>
    public Module<Tensor, Tensor> Pool() => IsFlat ? MaxPool2d(2) : MaxPool3d(2);

    /// <summary>Doubles every axis by a transposed convolution.</summary>
    public Module<Tensor, Tensor> Up(int from, int to) =>
        IsFlat ? ConvTranspose2d(from, to, kernel_size: 2, stride: 2) : ConvTranspose3d(from, to, kernel_size: 2, stride: 2);
}
