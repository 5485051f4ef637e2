using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Experiments.Learning;

/// <summary>
/// A feature pyramid network with the segmentation head of panoptic FPN, 2D. [B, channels, H, W] to logits [B, classes, H, W].
/// </summary>
/// <remarks>
/// Bottom-up, two 3×3 convolutions per resolution; the first, of full size, is the stem. Each coarser level goes through a
/// 1×1 convolution to the pyramid's width and adds the level above it, doubled (nearest). In the head, each level is
/// convolved and doubled (bilinear) until all have half the size of the input; their sum gives logits, doubled once more.
/// Lin et al., arXiv:1612.03144; Kirillov et al., arXiv:1901.02446.
/// </remarks>
internal sealed class Fpn : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> _stem;
    private readonly ModuleList<Module<Tensor, Tensor>> _encoders = [];
    private readonly ModuleList<Module<Tensor, Tensor>> _laterals = [];
    private readonly ModuleList<Module<Tensor, Tensor>> _heads = [];
    private readonly Module<Tensor, Tensor> _pool;
    private readonly Module<Tensor, Tensor> _nearest = Doubled(UpsampleMode.Nearest);
    private readonly Module<Tensor, Tensor> _logits;

    /// <param name="channels">Channels of the input.</param>
    /// <param name="widths">
    /// Channels per resolution, finest first, 2 or more; H and W are divisible by 2^(count−1). The second is the pyramid's.
    /// </param>
    /// <param name="classes">Channels of the logits.</param>
    public Fpn(int channels, IReadOnlyList<int> widths, int classes) : base(nameof(Fpn))
    {
        var layers = new Layers(dimensions: 2);
        var pyramid = widths[1];
        _stem = layers.TwoConvolutions(channels, widths[0]);
        for (var level = 1; level < widths.Count; level++)
        {
            _encoders.Add(layers.TwoConvolutions(widths[level - 1], widths[level]));
            _laterals.Add(layers.Pointwise(widths[level], pyramid));
            _heads.Add(Head(layers, pyramid, level));
        }

        _pool = layers.Pool();
        _logits = Sequential(layers.Pointwise(pyramid, classes), Doubled(UpsampleMode.Bilinear));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _stem.call(input);
        var levels = new List<Tensor>();
        foreach (var (encoder, lateral) in _encoders.Zip(_laterals))
        {
            x = encoder.call(_pool.call(x));
            levels.Add(lateral.call(x));
        }

        var above = levels[^1];
        var sum = _heads[^1].call(above);
        for (var level = levels.Count - 2; level >= 0; level--)
        {
            above = levels[level].add(_nearest.call(above), KeptScalars.One);
            sum = sum.add(_heads[level].call(above), KeptScalars.One);
        }

        return _logits.call(sum).MoveToOuterDisposeScope();
    }

    /// <summary>From a level to half the size of the input: level 1 has it already and is convolved alone.</summary>
    private static Sequential Head(Layers layers, int width, int level) => Sequential(level == 1
        ? [layers.Convolution(width, width)]
        : [.. Enumerable.Range(1, level - 1).SelectMany(_ => new[] { layers.Convolution(width, width), Doubled(UpsampleMode.Bilinear) })]);

    private static Upsample Doubled(UpsampleMode mode) =>
        Upsample(scale_factor: [2, 2], mode: mode, align_corners: mode == UpsampleMode.Nearest ? null : false);
}
