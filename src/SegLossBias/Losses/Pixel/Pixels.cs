using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>The losses of single pixels, for a <see cref="PixelTerm"/>: [N, V], in multilabel mode [N, K·V], an entry for each pixel and channel.</summary>
public sealed class Pixels
{
    private readonly FlatInput _input;
    private readonly Tensor _isValid;
    private readonly Tensor _negativeLogLikelihood;

    internal Pixels(SegmentationInput input)
    {
        _input = FlatInput.Of(input);
        Mode = input.Mode;
        var like = Mode == SegmentationMode.Multiclass ? _input.Logits.select(1, 0) : _input.Logits;
        _isValid = (_input.Ignored?.bitwise_not() ?? ones(like.shape, ScalarType.Bool, like.device)).flatten(1);
        ValidCount = _input.Ignored is null ? _isValid.numel() : null;
        _negativeLogLikelihood = Mode == SegmentationMode.Multiclass ? OfSoftmax() : OfSigmoid();
    }

    /// <summary>How the logits are read.</summary>
    public SegmentationMode Mode { get; }

    /// <summary>True at pixels that are not ignored. Each read gives a handle of its own.</summary>
    public Tensor IsValid => _isValid.alias();

    /// <summary>How many of the batch these are, where that is known without waiting for a device: when none is ignored.</summary>
    internal long? ValidCount { get; }

    /// <summary>
    /// −log p of the true class in nats, ≥ 0, differentiable; 0 where ignored. Soft labels share it between the classes,
    /// Σ_k y_k · −log p_k. Without the weights of the pixels. float32, or float64 for float64 logits. Each read gives a handle of its own.
    /// </summary>
    public Tensor NegativeLogLikelihood => _negativeLogLikelihood.alias();

    /// <summary>The weights of the pixels, in the shape and dtype of the losses, 0 where ignored; null for 1. Each read gives a handle of its own.</summary>
    public Tensor? PixelWeights => _input.Weights is not { } weights ? null
        : Mode == SegmentationMode.Multiclass ? weights.squeeze(1).ZeroWhere(_input.Ignored).alias()
        : weights.expand(_input.Images, _input.Classes, _input.Pixels).ZeroWhere(_input.Ignored).flatten(1);

    /// <summary>The logits [N, K, V], differentiable; 0 where ignored. Each read gives a handle of its own.</summary>
    public Tensor Logits => _input.Logits.ZeroWhere(_input.IgnoredEntries).alias();

    /// <summary>y [N, K, V]: 1 in the true class or channel and else 0, or the soft labels; 0 where ignored. Each read gives a handle of its own.</summary>
    public Tensor Target => (Mode == SegmentationMode.Multiclass ? _input.AsChannels().Labels : _input.Labels).to(_input.Logits.dtype).alias();

    /// <summary>What each entry weighs, [N, 1, V], in multilabel mode [N, K, V]: its weight, and 0 where ignored; null where all weigh 1.</summary>
    public Tensor? EntryWeights => _input.Weights is null && _input.Ignored is null ? null
        : (_input.Weights ?? ones([1, 1, 1], _input.Logits.dtype, _input.Device))
            .expand(_input.Images, Mode == SegmentationMode.Multiclass ? 1 : _input.Classes, _input.Pixels).ZeroWhere(_input.IgnoredEntries).alias();

    private Tensor OfSoftmax()
    {
        var logits = _input.Logits.ZeroWhere(_input.IgnoredEntries);
        var logProbability = nn.functional.log_softmax(logits, 1);
        var truth = _input.Soft is { } soft
            ? Weighted(logProbability, soft).sum(1L)
            : logProbability.gather(1, _input.Labels.unsqueeze(1)).squeeze(1);
        return truth.neg().ZeroWhere(_input.Ignored);
    }

    private Tensor OfSigmoid()
    {
        var logits = _input.Logits.ZeroWhere(_input.Ignored);
        var truth = _input.Soft is { } soft
            ? Weighted(logits.LogSigmoid(), soft).Plus(Weighted(logits.neg().LogSigmoid(), ones_like(soft).sub(soft)))
            : TensorArithmetic.Choose(_input.Labels, logits, logits.neg()).LogSigmoid();
        return truth.neg().ZeroWhere(_input.Ignored).flatten(1);
    }

    /// <summary>label · log p, and 0 where the label is 0: log p may be −∞ there.</summary>
    private static Tensor Weighted(Tensor logProbability, Tensor label) => logProbability.ZeroWhere(label.IsZero()).mul(label);
}
