using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Experiments.Learning;

/// <summary>
/// A U-Net in 2D or 3D: two convolutions of width 3 per resolution, halved by max-pooling, skips concatenated.
/// [B, channels, *] to logits [B, classes, *].
/// </summary>
/// <remarks>Ronneberger et al., arXiv:1505.04597; Çiçek et al., arXiv:1606.06650.</remarks>
internal sealed class UNet : Module<Tensor, Tensor>
{
    public const int WidthUnit = Layers.WidthUnit;

    private readonly ModuleList<Module<Tensor, Tensor>> _encoders = [];
    private readonly ModuleList<Module<Tensor, Tensor>> _ups = [];
    private readonly ModuleList<Module<Tensor, Tensor>> _decoders = [];
    private readonly Module<Tensor, Tensor> _pool;
    private readonly Module<Tensor, Tensor> _head;

    /// <param name="channels">Channels of the input.</param>
    /// <param name="widths">Channels per resolution, finest first; every axis of the input is divisible by 2^(count−1).</param>
    /// <param name="classes">Channels of the logits.</param>
    /// <param name="dimensions">Spatial axes, 2 or 3.</param>
    public UNet(int channels, IReadOnlyList<int> widths, int classes, int dimensions = 2) : base(nameof(UNet))
    {
        var layers = new Layers(dimensions);
        for (var level = 0; level < widths.Count; level++)
        {
            _encoders.Add(layers.TwoConvolutions(level == 0 ? channels : widths[level - 1], widths[level]));
        }

        for (var level = widths.Count - 2; level >= 0; level--)
        {
            _ups.Add(layers.Up(widths[level + 1], widths[level]));
            _decoders.Add(layers.TwoConvolutions(2 * widths[level], widths[level]));
        }

        _pool = layers.Pool();
        _head = layers.Pointwise(widths[0], classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var skips = new Stack<Tensor>();
        var x = _encoders[0].call(input);
        foreach (var encoder in _encoders.Skip(1))
        {
            skips.Push(x);
            x = encoder.call(_pool.call(x));
        }

        foreach (var (up, decoder) in _ups.Zip(_decoders))
        {
            x = decoder.call(cat([skips.Pop(), up.call(x)], dim: 1));
        }

        return _head.call(x).MoveToOuterDisposeScope();
    }
}
