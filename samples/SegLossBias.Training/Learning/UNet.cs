using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Training;

/// <summary>A small 2D U-Net: two 3×3 convolutions per resolution, halved by max-pooling, skips concatenated.</summary>
/// <remarks>
/// Every hidden width is a multiple of <see cref="WidthUnit"/>: on some CPUs libtorch 2.10 returns wrong input gradients
/// of 3×3 convolutions for other widths. The ReLUs leak: a plain ReLU lets every last feature be off on a rare foreground,
/// whose probability then cannot rise above what the head's bias gives, whatever the loss.
/// </remarks>
internal sealed class UNet : Module<Tensor, Tensor>
{
    public const int WidthUnit = 16;

    private const double Slope = 0.1;

    private readonly ModuleList<Sequential> _encoders = [];
    private readonly ModuleList<ConvTranspose2d> _ups = [];
    private readonly ModuleList<Sequential> _decoders = [];
    private readonly MaxPool2d _pool = MaxPool2d(2);
    private readonly Conv2d _head;

    /// <param name="channels">Channels of the input pictures.</param>
    /// <param name="widths">Channels per resolution, finest first; pictures must be divisible by 2^(count−1).</param>
    /// <param name="classes">Channels of the logits.</param>
    public UNet(int channels, IReadOnlyList<int> widths, int classes) : base(nameof(UNet))
    {
        for (var level = 0; level < widths.Count; level++)
        {
            _encoders.Add(Block(level == 0 ? channels : widths[level - 1], widths[level]));
        }

        for (var level = widths.Count - 2; level >= 0; level--)
        {
            _ups.Add(ConvTranspose2d(widths[level + 1], widths[level], kernel_size: 2, stride: 2));
            _decoders.Add(Block(2 * widths[level], widths[level]));
        }

        _head = Conv2d(widths[0], classes, kernel_size: 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var skips = new Stack<Tensor>();
        var x = _encoders[0].forward(input);
        foreach (var encoder in _encoders.Skip(1))
        {
            skips.Push(x);
            x = encoder.forward(_pool.forward(x));
        }

        foreach (var (up, decoder) in _ups.Zip(_decoders))
        {
            x = decoder.forward(cat([skips.Pop(), up.forward(x)], dim: 1));
        }

        return _head.forward(x).MoveToOuterDisposeScope();
    }

    private static Sequential Block(int from, int to) => Sequential(
        Conv2d(from, to, kernel_size: 3, padding: 1, bias: false), BatchNorm2d(to), LeakyReLU(Slope, inplace: true),
        Conv2d(to, to, kernel_size: 3, padding: 1, bias: false), BatchNorm2d(to), LeakyReLU(Slope, inplace: true));
}
