using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Experiments.Learning;

/// <summary>
/// ResNet-18, -34 or -50 without its last pooling and classification: [B, 3, H, W] to features of 1/2, 1/4, 1/8, 1/16 and 1/32 of
/// the size. Parameters have the names they have in torchvision, so that its weights fit.
/// </summary>
/// <remarks>He et al., arXiv:1512.03385. From random weights: normal, with variance 2 / (outputs of a channel's kernel), as in torchvision.</remarks>
internal sealed class ResNetEncoder : Module<Tensor, Tensor[]>
{
    /// <summary>Both sides of the input are multiples of this.</summary>
    public const int SizeUnit = 32;

    private static readonly int[] StageWidths = [64, 128, 256, 512];

    private readonly Conv2d _conv1;
    private readonly BatchNorm2d _bn1;
    private readonly Module<Tensor, Tensor> _pool;
    private readonly Module<Tensor, Tensor>[] _stages;

    public ResNetEncoder(EncoderKind kind) : base(nameof(ResNetEncoder))
    {
        var (blocks, expansion) = kind switch
        {
            EncoderKind.ResNet18 => (new[] { 2, 2, 2, 2 }, 1),
            EncoderKind.ResNet34 => ([3, 4, 6, 3], 1),
            EncoderKind.ResNet50 => ([3, 4, 6, 3], Bottleneck.Expansion),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "there is no such encoder"),
        };
        register_module("conv1", _conv1 = Conv2d(3, 64, kernel_size: 7, stride: 2, padding: 3, bias: false));
        register_module("bn1", _bn1 = BatchNorm2d(64));
        _pool = MaxPool2d(kernel_size: 3, stride: 2, padding: 1);
        _stages = new Module<Tensor, Tensor>[StageWidths.Length];
        var from = 64;
        for (var stage = 0; stage < _stages.Length; stage++)
        {
            var width = StageWidths[stage];
            _stages[stage] = Sequential(Enumerable.Range(0, blocks[stage]).Select(block =>
            {
                var (input, stride) = block == 0 ? (from, stage == 0 ? 1 : 2) : (expansion * width, 1);
                return expansion == 1 ? (Module<Tensor, Tensor>)new BasicBlock(input, width, stride) : new Bottleneck(input, width, stride);
            }).ToArray());
            register_module(FormattableString.Invariant($"layer{stage + 1}"), _stages[stage]);
            from = expansion * width;
        }

        Channels = [64, .. StageWidths.Select(width => expansion * width)];
        foreach (var parameter in parameters().Where(parameter => parameter.Dimensions == 4))
        {
            init.kaiming_normal_(parameter, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU);
        }
    }

    /// <summary>Of the five features, finest first.</summary>
    public IReadOnlyList<int> Channels { get; }

    public override Tensor[] forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = new Tensor[1 + _stages.Length];
        features[0] = _bn1.call(_conv1.call(input)).relu_();
        var x = _pool.call(features[0]);
        for (var stage = 0; stage < _stages.Length; stage++)
        {
            features[stage + 1] = x = _stages[stage].call(x);
        }

        foreach (var feature in features)
        {
            feature.MoveToOuterDisposeScope();
        }

        return features;
    }
}
