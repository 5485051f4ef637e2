using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Training;

/// <summary>
/// A 2D feature pyramid network (Lin et al. 2017) with the segmentation head of panoptic FPN (Kirillov et al. 2019): all
/// levels are brought to one width, added from coarse to fine, refined, and summed at full size.
/// </summary>
internal sealed class Fpn : Module<Tensor, Tensor>
{
    private readonly ModuleList<Sequential> _encoders = [];
    private readonly ModuleList<Module<Tensor, Tensor>> _laterals = [];
    private readonly ModuleList<Sequential> _refinements = [];
    private readonly Module<Tensor, Tensor> _halve = Layers.HalfSize(2);
    private readonly Module<Tensor, Tensor> _head;

    /// <param name="channels">Channels of the input.</param>
    /// <param name="widths">Channels per resolution of the encoder, finest first; the pyramid is as wide as the finest.</param>
    /// <param name="classes">Channels of the logits.</param>
    public Fpn(int channels, IReadOnlyList<int> widths, int classes) : base(nameof(Fpn))
    {
        for (var level = 0; level < widths.Count; level++)
        {
            _encoders.Add(Layers.Block(2, level == 0 ? channels : widths[level - 1], widths[level]));
            _laterals.Add(Layers.Pointwise(2, widths[level], widths[0]));
            _refinements.Add(Layers.Block(2, widths[0], widths[0]));
        }

        _head = Layers.Pointwise(2, widths[0], classes);
        RegisterComponents();
    }

    /// <param name="input">[N, C, H, W], sides divisible by 2^(count of widths − 1).</param>
    /// <returns>Logits [N, K, H, W].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var levels = new List<Tensor> { _encoders[0].call(input) };
        foreach (var encoder in _encoders.Skip(1))
        {
            levels.Add(encoder.call(_halve.call(levels[^1])));
        }

        Tensor? pyramid = null, sum = null;
        for (var level = levels.Count - 1; level >= 0; level--)
        {
            var lateral = _laterals[level].call(levels[level]);
            pyramid = pyramid is null ? lateral : lateral + Resize(pyramid, lateral);
            var refined = Resize(_refinements[level].call(pyramid), input);
            sum = sum is null ? refined : sum + refined;
        }

        return _head.call(sum!).MoveToOuterDisposeScope();
    }

    private static Tensor Resize(Tensor x, Tensor like) => x.shape[2] == like.shape[2]
        ? x
        : functional.interpolate(x, [like.shape[2], like.shape[3]], mode: InterpolationMode.Bilinear, align_corners: false);
}
