using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Experiments.Learning;

/// <summary>The shortcut of a residual block whose output has another shape than its input.</summary>
internal static class Shortcut
{
    /// <summary>A 1×1 convolution and batch normalisation.</summary>
    public static Module<Tensor, Tensor> Downsample(int from, int to, int stride) =>
        Sequential(Conv2d(from, to, kernel_size: 1, stride: stride, bias: false), BatchNorm2d(to));
}
