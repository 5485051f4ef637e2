using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Training;

/// <summary>A U-Net in 2D or 3D (Ronneberger et al. 2015): two convolutions per resolution, halved by max-pooling, skips concatenated.</summary>
internal sealed class UNet : Module<Tensor, Tensor>
{
    private readonly ModuleList<Sequential> _encoders = [];
    private readonly ModuleList<Module<Tensor, Tensor>> _ups = [];
    private readonly ModuleList<Sequential> _decoders = [];
    private readonly Module<Tensor, Tensor> _halve;
    private readonly Module<Tensor, Tensor> _head;

    /// <param name="dimensions">2 or 3.</param>
    /// <param name="channels">Channels of the input.</param>
    /// <param name="widths">Channels per resolution, finest first; every side of the input must be divisible by 2^(count−1).</param>
    /// <param name="classes">Channels of the logits.</param>
    public UNet(int dimensions, int channels, IReadOnlyList<int> widths, int classes) : base(nameof(UNet))
    {
        for (var level = 0; level < widths.Count; level++)
        {
            _encoders.Add(Layers.Block(dimensions, level == 0 ? channels : widths[level - 1], widths[level]));
        }

        for (var level = widths.Count - 2; level >= 0; level--)
        {
            _ups.Add(Layers.DoubleSize(dimensions, widths[level + 1], widths[level]));
            _decoders.Add(Layers.Block(dimensions, 2 * widths[level], widths[level]));
        }

        _halve = Layers.HalfSize(dimensions);
        _head = Layers.Pointwise(dimensions, widths[0], classes);
        RegisterComponents();
    }

    /// <param name="input">[N, C, *].</param>
    /// <returns>Logits [N, K, *].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var skips = new Stack<Tensor>();
        var x = _encoders[0].call(input);
        foreach (var encoder in _encoders.Skip(1))
        {
            skips.Push(x);
            x = encoder.call(_halve.call(x));
        }

        foreach (var (up, decoder) in _ups.Zip(_decoders))
        {
            x = decoder.call(cat([skips.Pop(), up.call(x)], dim: 1));
        }

        return _head.call(x).MoveToOuterDisposeScope();
    }
}
