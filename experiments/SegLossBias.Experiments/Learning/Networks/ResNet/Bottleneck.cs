using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Experiments.Learning;

/// <summary>
/// The residual block of ResNet-50: 1×1, 3×3 and 1×1 convolutions beside a shortcut; the last has four times the width of the
/// others. The stride is that of the 3×3 convolution, and parameters have the names they have in torchvision.
/// </summary>
/// <remarks>He et al., arXiv:1512.03385, Figure 5 right.</remarks>
internal sealed class Bottleneck : Module<Tensor, Tensor>
{
    public const int Expansion = 4;

    private readonly Conv2d _conv1;
    private readonly BatchNorm2d _bn1;
    private readonly Conv2d _conv2;
    private readonly BatchNorm2d _bn2;
    private readonly Conv2d _conv3;
    private readonly BatchNorm2d _bn3;
    private readonly Module<Tensor, Tensor>? _downsample;

    /// <param name="from">Channels of the input.</param>
    /// <param name="width">Of the 3×3 convolution; the output has <see cref="Expansion"/> times as many channels.</param>
    /// <param name="stride">1, or 2 to halve both sides.</param>
    public Bottleneck(int from, int width, int stride) : base(nameof(Bottleneck))
    {
        register_module("conv1", _conv1 = Conv2d(from, width, kernel_size: 1, bias: false));
        register_module("bn1", _bn1 = BatchNorm2d(width));
        register_module("conv2", _conv2 = Conv2d(width, width, kernel_size: 3, stride: stride, padding: 1, bias: false));
        register_module("bn2", _bn2 = BatchNorm2d(width));
        register_module("conv3", _conv3 = Conv2d(width, Expansion * width, kernel_size: 1, bias: false));
        register_module("bn3", _bn3 = BatchNorm2d(Expansion * width));
        if (stride != 1 || from != Expansion * width)
        {
            register_module("downsample", _downsample = Shortcut.Downsample(from, Expansion * width, stride));
        }
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _bn1.call(_conv1.call(input)).relu_();
        x = _bn2.call(_conv2.call(x)).relu_();
        x = _bn3.call(_conv3.call(x));
        return x.add_(_downsample?.call(input) ?? input, KeptScalars.One).relu_().MoveToOuterDisposeScope();
    }
}
