using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Experiments.Learning;

/// <summary>
/// A U-Net whose encoder is a ResNet, in the form of segmentation_models.pytorch, which the paper trained: [B, 3, H, W] to
/// logits [B, classes, H, W].
/// </summary>
/// <remarks>
/// Five times the coarsest features are doubled (nearest), joined with those of that size, if there are any, and convolved
/// twice (3×3, batch normalisation, ReLU). A 1×1 convolution gives the logits; segmentation_models.pytorch has a 3×3 one there,
/// but on some CPUs libtorch 2.10 computes wrong gradients of 3×3 convolutions to so few channels.
/// Ronneberger et al., arXiv:1505.04597.
/// </remarks>
internal sealed class ResNetUNet : Module<Tensor, Tensor>
{
    private readonly ResNetEncoder _encoder;
    private readonly Module<Tensor, Tensor> _nearest = Upsample(scale_factor: [2, 2], mode: UpsampleMode.Nearest);
    private readonly ModuleList<Module<Tensor, Tensor>> _decoders = [];
    private readonly Module<Tensor, Tensor> _logits;

    /// <param name="encoder">Becomes a part of this module.</param>
    /// <param name="widths">Channels of the five decoder steps, coarsest first.</param>
    /// <param name="classes">Channels of the logits.</param>
    public ResNetUNet(ResNetEncoder encoder, IReadOnlyList<int> widths, int classes) : base(nameof(ResNetUNet))
    {
        _encoder = encoder;
        int[] skips = [.. encoder.Channels.Reverse().Skip(1), 0];
        var from = encoder.Channels[^1];
        foreach (var (width, skip) in widths.Zip(skips))
        {
            _decoders.Add(Sequential(
                Conv2d(from + skip, width, kernel_size: 3, padding: 1, bias: false), BatchNorm2d(width), ReLU(inplace: true),
                Conv2d(width, width, kernel_size: 3, padding: 1, bias: false), BatchNorm2d(width), ReLU(inplace: true)));
            from = width;
        }

        _logits = new Layers(dimensions: 2).Pointwise(from, classes);
        register_module("encoder", _encoder);
        register_module("decoders", _decoders);
        register_module("logits", _logits);
        DecoderInit.Apply([_decoders], _logits, slope: 0);
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = new Stack<Tensor>(_encoder.call(input));
        var x = features.Pop();
        foreach (var decoder in _decoders)
        {
            x = _nearest.call(x);
            x = decoder.call(features.TryPop(out var skip) ? cat([x, skip], dim: 1) : x);
        }

        return _logits.call(x).MoveToOuterDisposeScope();
    }
}
