using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Experiments.Learning;

/// <summary>
/// A feature pyramid on a ResNet with the head of panoptic FPN, in the form of segmentation_models.pytorch, which the paper
/// trained: [B, 3, H, W] to logits [B, classes, H, W].
/// </summary>
/// <remarks>
/// The features of 1/4 to 1/32 go through a 1×1 convolution to the pyramid's width, and each adds the level above it, doubled
/// (nearest). Each level is convolved (3×3, group normalisation, ReLU) and doubled (bilinear) until it has 1/4 of the size.
/// Their sum, of which a fifth of the channels is dropped in training, gives logits, enlarged four times (bilinear).
/// Lin et al., arXiv:1612.03144; Kirillov et al., arXiv:1901.02446.
/// </remarks>
internal sealed class ResNetFpn : Module<Tensor, Tensor>
{
    /// <summary>Groups of the group normalisation: the head's width is a multiple of this.</summary>
    public const int Groups = 32;

    private const double Dropped = 0.2;

    private readonly ResNetEncoder _encoder;
    private readonly ModuleList<Module<Tensor, Tensor>> _laterals = [];
    private readonly ModuleList<Module<Tensor, Tensor>> _heads = [];
    private readonly Module<Tensor, Tensor> _nearest = Upsample(scale_factor: [2, 2], mode: UpsampleMode.Nearest);
    private readonly Module<Tensor, Tensor> _dropout = Dropout2d(Dropped);
    private readonly Module<Tensor, Tensor> _logits;
    private readonly Module<Tensor, Tensor> _enlarge = Bilinear(4);

    /// <param name="encoder">Becomes a part of this module.</param>
    /// <param name="pyramid">Width of the pyramid.</param>
    /// <param name="width">Width of the head, a multiple of <see cref="Groups"/>.</param>
    /// <param name="classes">Channels of the logits.</param>
    public ResNetFpn(ResNetEncoder encoder, int pyramid, int width, int classes) : base(nameof(ResNetFpn))
    {
        var layers = new Layers(dimensions: 2);
        _encoder = encoder;
        foreach (var (level, channels) in encoder.Channels.Skip(1).Index())
        {
            _laterals.Add(layers.Pointwise(channels, pyramid));
            _heads.Add(Head(pyramid, width, doublings: level));
        }

        _logits = layers.Pointwise(width, classes);
        register_module("encoder", _encoder);
        register_module("laterals", _laterals);
        register_module("heads", _heads);
        register_module("dropout", _dropout);
        register_module("logits", _logits);
        DecoderInit.Apply([_laterals, _heads], _logits, slope: 1);
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = _encoder.call(input);
        Tensor? above = null, sum = null;
        for (var level = _laterals.Count - 1; level >= 0; level--)
        {
            var lateral = _laterals[level].call(features[level + 1]);
            above = above is null ? lateral : lateral.add_(_nearest.call(above), KeptScalars.One);
            var head = _heads[level].call(above);
            sum = sum is null ? head : sum.add(head, KeptScalars.One);
        }

        return _enlarge.call(_logits.call(_dropout.call(sum!))).MoveToOuterDisposeScope();
    }

    private static Sequential Head(int from, int width, int doublings)
    {
        var head = Sequential();
        for (var step = 0; step < Math.Max(1, doublings); step++)
        {
            head.append(Conv2d(step == 0 ? from : width, width, kernel_size: 3, padding: 1, bias: false));
            head.append(GroupNorm(Groups, width));
            head.append(ReLU(inplace: true));
            if (doublings > 0)
            {
                head.append(Bilinear(2));
            }
        }

        return head;
    }

    private static Upsample Bilinear(double factor) => Upsample(scale_factor: [factor, factor], mode: UpsampleMode.Bilinear, align_corners: true);
}
