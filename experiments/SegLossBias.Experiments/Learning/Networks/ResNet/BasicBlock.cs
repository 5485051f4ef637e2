using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Experiments.Learning;

/// <summary>The residual block of ResNet-18 and -34: two 3×3 convolutions beside a shortcut. Parameter names as in torchvision.</summary>
/// <remarks>He et al., arXiv:1512.03385, Figure 5 left.</remarks>
internal sealed class BasicBlock : Module<Tensor, Tensor>
{
    private readonly Conv2d _conv1;
    private readonly BatchNorm2d _bn1;
    private readonly Conv2d _conv2;
    private readonly BatchNorm2d _bn2;
    private readonly Module<Tensor, Tensor>? _downsample;

    public BasicBlock(int from, int width, int stride) : base(nameof(BasicBlock))
    {
        register_module("conv1", _conv1 = Conv2d(from, width, kernel_size: 3, stride: stride, padding: 1, bias: false));
        register_module("bn1", _bn1 = BatchNorm2d(width));
        register_module("conv2", _conv2 = Conv2d(width, width, kernel_size: 3, padding: 1, bias: false));
        register_module("bn2", _bn2 = BatchNorm2d(width));
        if (stride != 1 || from != width)
        {
            register_module("downsample", _downsample = Shortcut.Downsample(from, width, stride));
        }
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _bn1.call(_conv1.call(input)).relu_();
        x = _bn2.call(_conv2.call(x));
        return x.add_(_downsample?.call(input) ?? input, KeptScalars.One).relu_().MoveToOuterDisposeScope();
    }
}
